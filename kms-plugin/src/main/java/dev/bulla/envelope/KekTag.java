// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.KekIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Eight bytes by which an envelope says which KEK wrapped it, without its name. A hint that routes:
 * two KEKs with one tag would cost a refused unwrap, never a wrong byte.
 */
record KekTag(Bytes value) {
  static final int BYTES = 8;

  KekTag {
    if (value.size() != BYTES) {
      throw new IllegalArgumentException("a KEK tag has " + BYTES + " bytes: " + value.size());
    }
  }

  static KekTag of(KekIdentity identity) {
    byte[] named =
        new FieldWriter()
            .u8(identity.type().code())
            .lp16(identity.value().toByteArray())
            .toByteArray();
    return new KekTag(Bytes.copyFrom(Sha256.of(named), 0, BYTES));
  }

  // Written out, because the code that a record has for it is made at each start.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KekTag tag && value.equals(tag.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }
}
