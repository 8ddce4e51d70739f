// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.KekType;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.WrappedKey;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The codec: what parses encodes to the same bytes, and nothing else parses. */
final class DekRecordTest {
  private static Recipient recipient(int blobBytes) {
    return new Recipient(
        KekType.TRANSIT,
        new KekTag(Bytes.copyFrom(new byte[8])),
        new WrappedKey(
            new KekVersion(Bytes.copyFrom(new byte[12])), Bytes.copyFrom(new byte[blobBytes])));
  }

  private static DekRecord record(int recipients, int blobBytes) {
    return new DekRecord(
        true,
        0xFFFF_FFFFL,
        Bytes.copyFrom(new byte[32]),
        Collections.nCopies(recipients, recipient(blobBytes)));
  }

  @Test
  void parse_ofAnEncoding_givesTheRecord() {
    for (int recipients : List.of(1, 2, 3)) {
      DekRecord record = record(recipients, 1024);
      assertThat(DekRecord.parse(record.encode())).contains(record);
    }
  }

  @Test
  void parse_ofEveryTruncationAndExtension_isEmpty() {
    byte[] encoded = record(2, 60).encode();
    for (int size = 0; size < encoded.length + 4; size++) {
      if (size != encoded.length) {
        assertThat(DekRecord.parse(Arrays.copyOf(encoded, size))).as("size %d", size).isEmpty();
      }
    }
  }

  @Test
  void parse_ofReservedValues_isEmpty() {
    byte[] encoded = record(1, 60).encode();
    int[][] bad = {
      {0, 0}, {0, 2}, {1, 2}, {1, 0}, {2, 2}, {2, 0x81}, {39, 0}, {39, 4}, {40, 0x03}, {40, 0}
    };
    for (int[] change : bad) {
      byte[] changed = encoded.clone();
      changed[change[0]] = (byte) change[1];
      assertThat(DekRecord.parse(changed)).as("byte %d = %d", change[0], change[1]).isEmpty();
    }
  }

  @Test
  void parse_ofTheLargest_isAllowedAndFitsTheBound() {
    assertThat(record(3, 1024).encode().length).isLessThanOrEqualTo(DekRecord.MAX_BYTES);
    assertThat(DekRecord.parse(new byte[DekRecord.MAX_BYTES + 1])).isEmpty();
  }

  @FuzzTest(maxDuration = "30s")
  void parse_ofAnything_reEncodesToTheSameBytes(byte[] data) {
    DekRecord.parse(data).ifPresent(record -> assertThat(record.encode()).isEqualTo(data));
  }
}
