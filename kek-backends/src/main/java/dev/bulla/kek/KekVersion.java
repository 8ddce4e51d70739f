// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import com.google.crypto.tink.util.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One version of a KEK's material, as its backend encodes it: the same bytes in the envelope and in
 * key_id. No secret.
 *
 * @param value 0 to {@value #MAX_BYTES} bytes; empty where the service names no version
 */
public record KekVersion(Bytes value) {
  /** Most bytes: four times what any backend writes, and small beside the envelope's budget. */
  public static final int MAX_BYTES = 48;

  /** Checks the length. */
  public KekVersion {
    if (value.size() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a KEK version must have at most " + MAX_BYTES + " bytes: " + value.size());
    }
  }

  // Written out, as in KekIdentity.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KekVersion version && value.equals(version.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }
}
