// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/** Where the server listens, as the API server reads an endpoint (k8s.io/kms, ParseEndpoint). */
public sealed interface SocketAddressSpec {
  /** Most bytes of a socket's path: sun_path of unix(7) has 108, with a closing zero. */
  int MAX_PATH_BYTES = 107;

  /** Room that the directory must leave for the name that is bound before it is renamed. */
  int MIN_TEMPORARY_NAME_BYTES = 6;

  /** Returns the endpoint as an EncryptionConfiguration writes it. */
  String endpoint();

  /**
   * Parses {@code /path}, {@code @name}, {@code unix:///path} or {@code unix:///@name}.
   *
   * @throws IllegalArgumentException with what is allowed, if it is none of these or too long
   */
  static SocketAddressSpec parse(String text) {
    String rest = text;
    if (text.startsWith("unix:")) {
      rest = text.substring("unix:".length());
      if (!rest.startsWith("///")) {
        throw new IllegalArgumentException(
            "must have three slashes after 'unix:': the API server drops what follows two");
      }
      rest = rest.substring(rest.startsWith("///@") ? 3 : 2);
    }
    if (rest.startsWith("@")) {
      return new Abstract(rest.substring(1));
    }
    if (!rest.startsWith("/") || rest.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "must be an absolute path such as /var/run/bulla/kms.sock, or @name for an abstract socket");
    }
    Path path = Path.of(rest);
    if (!path.toString().equals(rest)) {
      throw new IllegalArgumentException("must not end with a slash or have two in a row");
    }
    return new File(path);
  }

  private static void requireReadAlike(String text) {
    boolean alike = text.chars().allMatch(c -> c >= ' ' && c != 0x7F && "%?#".indexOf(c) < 0);
    if (!alike) {
      throw new IllegalArgumentException(
          "must have no '%', '?', '#' or control character:"
              + " the API server reads an endpoint as a URL, and would look elsewhere");
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A socket file. */
  record File(Path path) implements SocketAddressSpec {
    /** Checks that it is absolute, normal, and short enough for the kernel. */
    public File {
      if (!path.isAbsolute() || !path.normalize().equals(path) || path.getFileName() == null) {
        throw new IllegalArgumentException(
            "must be an absolute path without '.' and '..', such as /var/run/bulla/kms.sock");
      }
      requireReadAlike(path.toString());
      if (path.toString().startsWith("/@")) {
        throw new IllegalArgumentException(
            "must not begin with '/@': the API server takes that for an abstract name");
      }
      int bytes = bytes(path.toString());
      if (bytes > MAX_PATH_BYTES) {
        throw new IllegalArgumentException(
            "has " + bytes + " bytes; the kernel allows " + MAX_PATH_BYTES + ": shorten the path");
      }
      if (room(path) < MIN_TEMPORARY_NAME_BYTES) {
        throw new IllegalArgumentException(
            "leaves %d bytes for a temporary name in its directory; %d are needed: shorten that"
                .formatted(room(path), MIN_TEMPORARY_NAME_BYTES));
      }
    }

    int temporaryNameBytes() {
      return room(path);
    }

    private static int room(Path path) {
      return MAX_PATH_BYTES - bytes(directory(path).resolve("x").toString()) + 1;
    }

    Path directory() {
      return directory(path);
    }

    private static Path directory(Path path) {
      return Objects.requireNonNull(path.getParent(), "an absolute file has a parent");
    }

    @Override
    public String endpoint() {
      return "unix://" + path;
    }
  }

  /**
   * A name in the abstract namespace of Linux: no file, no mode, no group. Only {@code allowedUids}
   * guards it, and any process of the network namespace may take the name first.
   */
  record Abstract(String name) implements SocketAddressSpec {
    /** Checks the length. */
    public Abstract {
      requireReadAlike(name);
      int bytes = bytes(name);
      if (bytes < 1 || bytes >= MAX_PATH_BYTES) {
        throw new IllegalArgumentException(
            "an abstract name must have 1 to " + (MAX_PATH_BYTES - 1) + " bytes: " + bytes);
      }
    }

    @Override
    public String endpoint() {
      return "unix:///@" + name;
    }
  }
}
