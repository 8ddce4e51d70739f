// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import com.google.crypto.tink.util.Bytes;
import java.util.Objects;

/**
 * A DEK's master, wrapped: ciphertext, safe in the clear.
 *
 * @param version the version of the KEK that wrapped it
 * @param blob 1 to {@value #MAX_BLOB_BYTES} bytes, opaque outside the backend
 */
public record WrappedKey(KekVersion version, Bytes blob) {
  /** Most bytes: AWS KMS's own limit for a CiphertextBlob is 6,144; a 32-byte key takes 184. */
  public static final int MAX_BLOB_BYTES = 1024;

  /** Checks the length. */
  public WrappedKey {
    Objects.requireNonNull(version, "version");
    if (blob.size() < 1 || blob.size() > MAX_BLOB_BYTES) {
      throw new IllegalArgumentException(
          "a wrapped key must have 1 to " + MAX_BLOB_BYTES + " bytes: " + blob.size());
    }
  }
}
