// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.nio.charset.StandardCharsets;

/** A request but for the token. Immutable but for its body, which stays its maker's. */
final class VaultRequest {
  private final String path;
  private final String namespace;
  private final byte[] body;

  private VaultRequest(String path, String namespace, byte[] body) {
    this.path = path;
    this.namespace = namespace;
    this.body = body;
  }

  /**
   * A GET.
   *
   * @param path below {@code /v1/}
   * @param namespace empty for the root namespace
   */
  static VaultRequest get(String path, String namespace) {
    return new VaultRequest(path, namespace, new byte[0]);
  }

  /** A POST of JSON; {@code body} stays the caller's, who wipes it. */
  static VaultRequest post(String path, String namespace, byte[] body) {
    return new VaultRequest(path, namespace, body);
  }

  /** A POST of JSON that holds no key. */
  static VaultRequest post(String path, String namespace, String json) {
    return post(path, namespace, json.getBytes(StandardCharsets.UTF_8));
  }

  String path() {
    return path;
  }

  String namespace() {
    return namespace;
  }

  /** Returns the live array; empty for a GET. */
  byte[] body() {
    return body;
  }

  boolean isGet() {
    return body.length == 0;
  }

  @Override
  public String toString() {
    return "VaultRequest(" + path + ")";
  }

  /** Returns {@code text} as a JSON string, with its quotes. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || c < 0x20) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
