// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the transit engine does with a request that is allowed. Stricter than the service. */
final class TransitOperations {
  private static final Pattern CIPHERTEXT =
      Pattern.compile("vault:v([1-9][0-9]*):([A-Za-z0-9+/]+={0,2})");

  final Map<String, FakeTransitKey> keys = new ConcurrentHashMap<>();

  JsonObject read(String name) throws TransitError {
    FakeTransitKey key = keys.get(name);
    if (key == null) {
      throw new TransitError(404);
    }
    return key.description();
  }

  JsonObject encrypt(String name, JsonObject request) throws TransitError {
    requireMembers(request, List.of("plaintext", "associated_data", "key_version"));
    FakeTransitKey key = usable(name, 403);
    int version = request.get("key_version").getAsInt();
    if (version < 1) {
      throw new TransitError(500, "the fake wants an explicit key_version");
    }
    if (version > key.material.size()) {
      throw new TransitError(
          400, "requested version for encryption is higher than the latest key version");
    }
    if (version < key.min("min_encryption_version")) {
      throw new TransitError(
          400, "requested version for encryption is less than the minimum encryption key version");
    }
    try {
      byte[] plaintext = Base64.getDecoder().decode(request.get("plaintext").getAsString());
      byte[] blob = key.encrypt(version, plaintext, associatedData(request));
      JsonObject data = new JsonObject();
      data.addProperty(
          "ciphertext", "vault:v" + version + ":" + Base64.getEncoder().encodeToString(blob));
      data.addProperty("key_version", version);
      return data;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  JsonObject decrypt(String name, JsonObject request) throws TransitError {
    requireMembers(request, List.of("ciphertext", "associated_data"));
    FakeTransitKey key = usable(name, 400);
    Matcher m = CIPHERTEXT.matcher(request.get("ciphertext").getAsString());
    if (!m.matches()) {
      throw new TransitError(400, "invalid ciphertext: no prefix");
    }
    int version = Integer.parseInt(m.group(1));
    if (version > key.material.size()) {
      throw new TransitError(400, "invalid ciphertext: version is too new");
    }
    if (version < key.min("min_decryption_version")) {
      throw new TransitError(
          400, "ciphertext or signature version is disallowed by policy (too old)");
    }
    try {
      byte[] blob = Base64.getDecoder().decode(m.group(2));
      JsonObject data = new JsonObject();
      data.addProperty(
          "plaintext",
          Base64.getEncoder().encodeToString(key.decrypt(version, blob, associatedData(request))));
      return data;
    } catch (GeneralSecurityException _) {
      throw new TransitError(400, "cipher: message authentication failed");
    }
  }

  private FakeTransitKey usable(String name, int statusIfGone) throws TransitError {
    FakeTransitKey key = keys.get(name);
    if (key == null) {
      throw statusIfGone == 403
          ? new TransitError(403, "1 error occurred:\n\t* permission denied\n\n")
          : new TransitError(400, "encryption key not found");
    }
    if (key.isSoftDeleted()) {
      throw new TransitError(400, "refusing to use soft-deleted key");
    }
    return key;
  }

  private static byte[] associatedData(JsonObject request) throws TransitError {
    byte[] data = Base64.getDecoder().decode(request.get("associated_data").getAsString());
    if (!new String(data, StandardCharsets.ISO_8859_1).startsWith("bulla/v1/wrap\0")) {
      throw new TransitError(500, "the fake wants Bulla's associated data");
    }
    return data;
  }

  private static void requireMembers(JsonObject request, List<String> allowed) throws TransitError {
    if (!request.keySet().equals(Set.copyOf(allowed))) {
      throw new TransitError(500, "the fake wants exactly " + allowed);
    }
  }

  static JsonObject capabilities(JsonObject request, boolean mayCreate) {
    JsonArray granted = new JsonArray();
    if (mayCreate) {
      granted.add("create");
    }
    granted.add("update");
    JsonObject data = new JsonObject();
    data.add("capabilities", granted);
    data.add(request.getAsJsonArray("paths").get(0).getAsString(), granted);
    return data;
  }
}
