// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import com.google.crypto.tink.util.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which key a KEK is, whatever its version and wherever it is reached: equal on every node, stable
 * for the life of the data, no secret.
 *
 * @param type the kind of KEK
 * @param value 1 to {@value #MAX_BYTES} bytes, defined by each backend (design §4)
 */
public record KekIdentity(KekType type, Bytes value) {
  /** Most bytes: an AWS key ARN is at most 2,048 characters long. */
  public static final int MAX_BYTES = 2048;

  /** Checks the length. */
  public KekIdentity {
    Objects.requireNonNull(type, "type");
    if (value.size() < 1 || value.size() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a KEK identity must have 1 to " + MAX_BYTES + " bytes: " + value.size());
    }
  }

  // Written out, because the code that a record has for these is made at each start, in 12 ms.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KekIdentity identity
        && type == identity.type
        && value.equals(identity.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** Returns the identity whose value is {@code text} in UTF-8. */
  public static KekIdentity ofText(KekType type, String text) {
    return new KekIdentity(type, Bytes.copyFrom(text.getBytes(StandardCharsets.UTF_8)));
  }
}
