// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import java.util.Objects;

/**
 * What the API server stores: safe in the clear, and all that is needed to open it, but for the
 * KEK.
 *
 * @param ciphertext the sealed seed
 * @param keyId the id that Status announces
 * @param annotation value of the one annotation, the wrapped DEK
 */
public record Envelope(Bytes ciphertext, KeyId keyId, Bytes annotation) {
  /** Checks that nothing is missing. */
  public Envelope {
    Objects.requireNonNull(ciphertext, "ciphertext");
    Objects.requireNonNull(keyId, "keyId");
    Objects.requireNonNull(annotation, "annotation");
  }
}
