// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekException.Revoked.Reason;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.Lp16;
import dev.bulla.kek.vault.VaultSettings.KeyName;
import dev.bulla.time.Deadline;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * The requests of the transit engine, each answer checked: its status, its fields, its grammar.
 * Only 400 needs more than the answer, as it tells a bad blob from a key that is gone by words
 * alone.
 */
final class Transit {
  private static final int BLOB_BYTES = 12 + Kek.MASTER_BYTES + 16;

  private final VaultConnection connection;
  private final KeyName key;
  private final byte[] associatedData;

  Transit(VaultConnection connection, KeyName key, String scope) {
    this.connection = connection;
    this.key = key;
    byte[] data = Lp16.join("bulla/v1/wrap".getBytes(StandardCharsets.US_ASCII), Lp16.of(scope));
    this.associatedData = Base64.getEncoder().encode(data);
  }

  /** The blob's size is not that of a wrapped master. */
  static boolean isImpossible(int blobBytes) {
    return blobBytes != BLOB_BYTES;
  }

  /** Encrypts under one version; empty if the service finds fault with the request. */
  Optional<Bytes> encrypt(KeyMaterial master, long version, Deadline deadline) throws KekException {
    byte[] plaintext = Base64.getEncoder().encode(master.bytes());
    byte[] body =
        Lp16.join(
            ascii("{\"plaintext\":\""),
            plaintext,
            ascii("\",\"associated_data\":\""),
            associatedData,
            ascii("\",\"key_version\":" + version + "}"));
    try (Answer answer = connection.call(post("encrypt", body), deadline)) {
      return answered(answer, "encrypt") ? Optional.of(blob(answer, version)) : Optional.empty();
    } finally {
      Arrays.fill(plaintext, (byte) 0);
      Arrays.fill(body, (byte) 0);
    }
  }

  private static Bytes blob(Answer answer, long version) throws KekException.Untrustworthy {
    try (Json json = json(answer)) {
      Optional<Ciphertext> made = json.text("data", "ciphertext").flatMap(Ciphertext::parse);
      if (made.isEmpty() || isImpossible(made.get().blob().size())) {
        throw new KekException.Untrustworthy("encrypt gave no ciphertext of a master");
      }
      if (made.get().number() != version) {
        throw new KekException.Untrustworthy("encrypt used another version than was named");
      }
      return made.get().blob();
    }
  }

  /** Decrypts; empty if the service finds fault with the request. The caller owns the master. */
  Optional<KeyMaterial> decrypt(Ciphertext ciphertext, Deadline deadline) throws KekException {
    byte[] body =
        Lp16.join(
            ascii("{\"ciphertext\":\"" + ciphertext.text() + "\",\"associated_data\":\""),
            associatedData,
            ascii("\"}"));
    try (Answer answer = connection.call(post("decrypt", body), deadline)) {
      return answered(answer, "decrypt") ? Optional.of(master(answer)) : Optional.empty();
    }
  }

  private static KeyMaterial master(Answer answer) throws KekException.Untrustworthy {
    try (Json json = json(answer)) {
      byte[] master = json.base64("data", "plaintext").orElse(new byte[0]);
      if (master.length != Kek.MASTER_BYTES) {
        Arrays.fill(master, (byte) 0);
        throw new KekException.Untrustworthy("decrypt gave something else than a master");
      }
      return KeyMaterial.adopt(master);
    }
  }

  /**
   * Reads what the key is.
   *
   * @throws KekException.Revoked if it is not there
   */
  KeyFacts facts(Deadline deadline) throws KekException {
    VaultRequest request = VaultRequest.get(path("keys"), key.namespace());
    try (Answer answer = connection.call(request, deadline)) {
      if (!answered(answer, "read")) {
        throw new KekException.Untrustworthy("the service cannot read its own key");
      }
      try (Json json = json(answer)) {
        return KeyFacts.of(json, key.key(), answer.serviceTime());
      }
    }
  }

  /**
   * Returns whether the service takes a namespace for what it is. Vault's free edition ignores it
   * and serves the key of that name in its root: so the key is read in a namespace that is not
   * there.
   */
  boolean honoursNamespaces(Deadline deadline) throws KekException {
    String nowhere = key.namespace() + "/bulla-checks-that-this-is-refused";
    try (Answer answer = connection.tryCall(VaultRequest.get(path("keys"), nowhere), deadline)) {
      return answer.status() != 200;
    }
  }

  /** Returns whether the token may make keys by encrypting; false if it may not ask that. */
  boolean mayCreate(Deadline deadline) throws KekException {
    String body = "{\"paths\":[" + VaultRequest.quoted(path("encrypt")) + "]}";
    VaultRequest request = VaultRequest.post("sys/capabilities-self", key.namespace(), body);
    try (Answer answer = connection.tryCall(request, deadline)) {
      Optional<Json> parsed = answer.status() == 200 ? answer.json() : Optional.empty();
      if (parsed.isEmpty()) {
        return false;
      }
      try (Json json = parsed.get()) {
        var capabilities = json.texts("data", "capabilities");
        return capabilities.contains("create") || capabilities.contains("root");
      }
    }
  }

  private VaultRequest post(String operation, byte[] body) {
    return VaultRequest.post(path(operation), key.namespace(), body);
  }

  private String path(String operation) {
    return key.mount() + "/" + operation + "/" + key.key();
  }

  /** Returns whether there is an answer to read; false if the request was at fault. */
  private static boolean answered(Answer answer, String operation) throws KekException {
    return switch (answer.status()) {
      case 200 -> true;
      case 400 -> {
        requireErrors(answer);
        yield false;
      }
      case 403 ->
          throw new KekException.Denied(
              "the token may not "
                  + operation
                  + ": does its policy allow that for this key, in this namespace?");
      case 404 -> {
        requireErrors(answer);
        throw new KekException.Revoked(Reason.GONE);
      }
      default ->
          throw new KekException.Unavailable(
              "HTTP " + answer.status() + ", which transit never answers; is a proxy in between?");
    };
  }

  // A proxy has statuses of its own, and no such body.
  private static void requireErrors(Answer answer) throws KekException {
    Optional<Json> json = answer.json();
    if (json.isEmpty() || !json.get().hasArray("errors")) {
      throw new KekException.Unavailable(
          "HTTP " + answer.status() + " not in the service's words; is a proxy in between?");
    }
  }

  private static Json json(Answer answer) throws KekException.Untrustworthy {
    Optional<Json> json = answer.json();
    if (json.isEmpty()) {
      throw new KekException.Untrustworthy("the answer is not a JSON object");
    }
    return json.get();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
