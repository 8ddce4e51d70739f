// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.DatedVersion;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekVersion;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A version of a transit key: its number, and when it was made. The number alone does not tell a
 * key from one that was made anew under its name.
 *
 * @param number from 1 to {@value #MOST}
 * @param createdSeconds Unix time, in seconds
 */
record TransitVersion(long number, long createdSeconds) {
  /** Largest number: what every implementation can hold. */
  static final long MOST = Integer.MAX_VALUE;

  private static final int BYTES = Integer.BYTES + Long.BYTES;

  TransitVersion {
    if (number < 1 || number > MOST || createdSeconds < 0) {
      throw new IllegalArgumentException("not a version of a transit key");
    }
  }

  /** Returns it as records and key_id write it: u32, then u64. */
  KekVersion encoded() {
    byte[] bytes = ByteBuffer.allocate(BYTES).putInt((int) number).putLong(createdSeconds).array();
    return new KekVersion(Bytes.copyFrom(bytes));
  }

  /** Returns it as a description names it. */
  DatedVersion dated() {
    return new DatedVersion(encoded(), Optional.of(Instant.ofEpochSecond(createdSeconds)));
  }

  /**
   * Reads what {@link #encoded()} wrote.
   *
   * @throws KekException.Rejected if it wrote something else
   */
  static TransitVersion of(KekVersion version) throws KekException.Rejected {
    if (version.value().size() == BYTES) {
      ByteBuffer bytes = ByteBuffer.wrap(version.value().toByteArray());
      int number = bytes.getInt();
      long created = bytes.getLong();
      if (number >= 1 && created >= 0) {
        return new TransitVersion(number, created);
      }
    }
    throw new KekException.Rejected("the record names no version of a transit key");
  }

  // Written out, because the code that a record has for it is made at each start.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TransitVersion version
        && number == version.number
        && createdSeconds == version.createdSeconds;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number ^ createdSeconds);
  }
}
