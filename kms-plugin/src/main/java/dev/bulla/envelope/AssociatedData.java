// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.nio.charset.StandardCharsets;

/**
 * The associated data of a seal: it binds purpose, version, scope, key_id and the whole annotation,
 * so that no field can be exchanged between two envelopes. The request's uid is not in it: it
 * differs between Encrypt and Decrypt. Immutable, thread-safe.
 */
final class AssociatedData {
  private final byte[] prefix;

  AssociatedData(String scope) {
    this.prefix =
        new FieldWriter().ascii("bulla/v1").u8(0).u8(Suite.AES_256_GCM).lp16(scope).toByteArray();
  }

  /**
   * Returns a fresh array for one seal or open; {@code keyId} must be of {@link KeyId}'s syntax.
   */
  byte[] of(String keyId, byte[] annotationHash) {
    byte[] id = keyId.getBytes(StandardCharsets.ISO_8859_1);
    byte[] out = new byte[prefix.length + 2 + id.length + annotationHash.length];
    System.arraycopy(prefix, 0, out, 0, prefix.length);
    int at = prefix.length;
    out[at++] = (byte) (id.length >>> 8);
    out[at++] = (byte) id.length;
    System.arraycopy(id, 0, out, at, id.length);
    System.arraycopy(annotationHash, 0, out, at + id.length, annotationHash.length);
    return out;
  }
}
