// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault.fake;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A transit key that really encrypts. Guarded by its owner. */
final class FakeTransitKey {
  private static final int NONCE_BYTES = 12;

  final String name;
  final List<byte[]> material = new ArrayList<>();
  final List<Long> created = new ArrayList<>();
  final JsonObject fields = new JsonObject();
  private final SecureRandom random = new SecureRandom();

  FakeTransitKey(String name, long createdSeconds) {
    this.name = name;
    fields.addProperty("type", "aes256-gcm96");
    fields.addProperty("derived", false);
    fields.addProperty("exportable", false);
    fields.addProperty("allow_plaintext_backup", false);
    fields.addProperty("deletion_allowed", false);
    fields.addProperty("min_decryption_version", 1);
    fields.addProperty("min_encryption_version", 0);
    rotate(createdSeconds);
  }

  void rotate(long createdSeconds) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    material.add(key);
    created.add(createdSeconds);
  }

  long min(String field) {
    return fields.get(field).getAsLong();
  }

  boolean isSoftDeleted() {
    return fields.has("soft_deleted") && fields.get("soft_deleted").getAsBoolean();
  }

  JsonObject description() {
    JsonObject data = fields.deepCopy();
    data.addProperty("name", name);
    data.addProperty("latest_version", material.size());
    JsonObject versions = new JsonObject();
    for (int i = (int) Math.max(1, min("min_decryption_version")); i <= created.size(); i++) {
      versions.addProperty(String.valueOf(i), created.get(i - 1));
    }
    data.add("keys", versions);
    return data;
  }

  byte[] encrypt(int version, byte[] plaintext, byte[] aad) throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, version, nonce, aad).doFinal(plaintext);
    return ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array();
  }

  byte[] decrypt(int version, byte[] blob, byte[] aad) throws GeneralSecurityException {
    byte[] nonce = Arrays.copyOf(blob, NONCE_BYTES);
    return cipher(Cipher.DECRYPT_MODE, version, nonce, aad)
        .doFinal(blob, NONCE_BYTES, blob.length - NONCE_BYTES);
  }

  private Cipher cipher(int mode, int version, byte[] nonce, byte[] aad)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    SecretKeySpec key = new SecretKeySpec(material.get(version - 1), "AES");
    cipher.init(mode, key, new GCMParameterSpec(128, nonce));
    cipher.updateAAD(aad);
    return cipher;
  }

  /** Sets fields of its description. */
  void set(Map<String, String> json) {
    json.forEach((name, value) -> fields.add(name, JsonParser.parseString(value)));
  }
}
