// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

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
    int length = keyId.length();
    byte[] out = new byte[prefix.length + 2 + length + annotationHash.length];
    System.arraycopy(prefix, 0, out, 0, prefix.length);
    int at = prefix.length;
    out[at++] = (byte) (length >>> 8);
    out[at++] = (byte) length;
    for (int i = 0; i < length; i++) {
      out[at++] = (byte) keyId.charAt(i);
    }
    System.arraycopy(annotationHash, 0, out, at, annotationHash.length);
    return out;
  }
}
