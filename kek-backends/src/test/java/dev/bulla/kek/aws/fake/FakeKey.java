// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws.fake;

import com.google.crypto.tink.util.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A symmetric key with its materials, shared by its Regions if it is a multi-Region key. A blob has
 * the size of a real one: 152 bytes beside the plaintext. Thread-safe.
 */
final class FakeKey {
  /** What AWS adds to a plaintext: a 32-byte one becomes 184. */
  static final int OVERHEAD = 152;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int HEADER = OVERHEAD - 12 - 16;

  private final String id;
  private final Instant created;
  private final List<Material> materials = new CopyOnWriteArrayList<>();

  record Material(String id, Bytes key, Instant at) {}

  FakeKey(String id, Instant created) {
    this.id = id;
    this.created = created;
    rotate(created);
  }

  void rotate(Instant at) {
    byte[] key = new byte[32];
    byte[] name = new byte[32];
    RANDOM.nextBytes(key);
    RANDOM.nextBytes(name);
    materials.add(new Material(HexFormat.of().formatHex(name), Bytes.copyFrom(key), at));
  }

  Instant created() {
    return created;
  }

  List<Material> materials() {
    return materials;
  }

  Material current() {
    return materials.getLast();
  }

  byte[] encrypt(byte[] plaintext, Map<String, String> context) {
    byte[] nonce = new byte[12];
    RANDOM.nextBytes(nonce);
    byte[] header = header(current());
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, current(), header, nonce, context, plaintext);
      return ByteBuffer.allocate(HEADER + 12 + sealed.length)
          .put(header)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An opened blob with the id of the material that opened it. */
  record Opened(Bytes plaintext, String material) {}

  Opened decrypt(byte[] blob, Map<String, String> context) throws AwsError {
    if (blob.length < OVERHEAD + 1) {
      throw invalid();
    }
    byte[] header = Arrays.copyOf(blob, HEADER);
    byte[] nonce = Arrays.copyOfRange(blob, HEADER, HEADER + 12);
    byte[] sealed = Arrays.copyOfRange(blob, HEADER + 12, blob.length);
    for (Material material : materials) {
      if (Arrays.equals(header(material), header)) {
        try {
          byte[] plaintext = cipher(Cipher.DECRYPT_MODE, material, header, nonce, context, sealed);
          return new Opened(Bytes.copyFrom(plaintext), material.id());
        } catch (GeneralSecurityException _) {
          throw invalid();
        }
      }
    }
    throw invalid();
  }

  boolean made(byte[] blob) {
    return blob.length > HEADER
        && materials.stream().anyMatch(m -> Arrays.equals(header(m), Arrays.copyOf(blob, HEADER)));
  }

  private static AwsError invalid() {
    return new AwsError("InvalidCiphertextException", "");
  }

  private byte[] header(Material material) {
    byte[] header = new byte[HEADER];
    byte[] text = ("01|" + id + "|" + material.id()).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, header, 0, Math.min(text.length, HEADER));
    return header;
  }

  private static byte[] cipher(
      int mode,
      Material material,
      byte[] header,
      byte[] nonce,
      Map<String, String> context,
      byte[] input)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(material.key().toByteArray(), "AES"),
        new GCMParameterSpec(128, nonce));
    cipher.updateAAD(header);
    cipher.updateAAD(new TreeMap<>(context).toString().getBytes(StandardCharsets.UTF_8));
    return cipher.doFinal(input);
  }
}
