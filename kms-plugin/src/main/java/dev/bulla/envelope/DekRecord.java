// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.KekType;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.WrappedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The value of the annotation: a wrapped DEK, with all that is needed to unwrap it (design §4).
 *
 * @param partial whether a recovery recipient is missing
 * @param createdUnixSeconds when the DEK was made, by this host's clock: for people, not for checks
 * @param commitment {@value Sha256#BYTES} bytes that tie the envelope to one master
 * @param recipients 1 to {@value #MAX_RECIPIENTS}, in the configured order, the write KEK's first
 */
record DekRecord(
    boolean partial, long createdUnixSeconds, Bytes commitment, List<Recipient> recipients) {
  static final int MAX_RECIPIENTS = 3;

  /**
   * Most bytes of an encoded record that is looked at: three recipients of the largest size make
   * 3,295.
   */
  static final int MAX_BYTES = 3_328;

  private static final int FORMAT = 0x01;
  private static final int FLAG_PARTIAL = 0x01;

  DekRecord {
    if (createdUnixSeconds < 0 || createdUnixSeconds > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException("not an unsigned 32-bit time: " + createdUnixSeconds);
    }
    if (commitment.size() != Sha256.BYTES) {
      throw new IllegalArgumentException("a commitment has " + Sha256.BYTES + " bytes");
    }
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty() || recipients.size() > MAX_RECIPIENTS) {
      throw new IllegalArgumentException("a record has 1 to " + MAX_RECIPIENTS + " recipients");
    }
  }

  byte[] encode() {
    FieldWriter out =
        new FieldWriter()
            .u8(FORMAT)
            .u8(Suite.AES_256_GCM)
            .u8(partial ? FLAG_PARTIAL : 0)
            .u32(createdUnixSeconds)
            .raw(commitment.toByteArray())
            .u8(recipients.size());
    for (Recipient recipient : recipients) {
      out.u8(recipient.type().code())
          .raw(recipient.tag().value().toByteArray())
          .lp16(recipient.wrapped().version().value().toByteArray())
          .lp16(recipient.wrapped().blob().toByteArray());
    }
    return out.toByteArray();
  }

  /**
   * Parses exactly: what parses encodes to the same bytes, and anything else is empty, without a
   * reason, because the answer to a caller is the same for all of it.
   */
  static Optional<DekRecord> parse(byte[] encoded) {
    if (encoded.length > MAX_BYTES) {
      return Optional.empty();
    }
    FieldReader in = new FieldReader(encoded);
    boolean known = in.u8() == FORMAT && in.u8() == Suite.AES_256_GCM;
    int flags = in.u8();
    long created = in.u32();
    byte[] commitment = in.raw(Sha256.BYTES);
    int count = in.u8();
    if (!known
        || in.failed()
        || (flags & ~FLAG_PARTIAL) != 0
        || count < 1
        || count > MAX_RECIPIENTS) {
      return Optional.empty();
    }
    return recipients(in, count)
        .map(r -> new DekRecord(flags == FLAG_PARTIAL, created, Bytes.copyFrom(commitment), r));
  }

  private static Optional<List<Recipient>> recipients(FieldReader in, int count) {
    List<Recipient> recipients = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Optional<KekType> type = KekType.ofCode((byte) in.u8());
      byte[] tag = in.raw(KekTag.BYTES);
      byte[] version = in.lp16(0, KekVersion.MAX_BYTES);
      byte[] blob = in.lp16(1, WrappedKey.MAX_BLOB_BYTES);
      if (type.isEmpty() || in.failed()) {
        return Optional.empty();
      }
      recipients.add(
          new Recipient(
              type.get(),
              new KekTag(Bytes.copyFrom(tag)),
              new WrappedKey(new KekVersion(Bytes.copyFrom(version)), Bytes.copyFrom(blob))));
    }
    return in.atEnd() ? Optional.of(recipients) : Optional.empty();
  }
}
