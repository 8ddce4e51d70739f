// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.util.Bytes;
import org.junit.jupiter.api.Test;

/** What makes two identities, or two versions, the same: written out in these records. */
final class KekValuesTest {
  private static KekVersion version(int... bytes) {
    byte[] value = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      value[i] = (byte) bytes[i];
    }
    return new KekVersion(Bytes.copyFrom(value));
  }

  @Test
  void versions_areTheSame_ifTheirBytesAre() {
    assertThat(version(1, 2)).isEqualTo(version(1, 2)).hasSameHashCodeAs(version(1, 2));
    assertThat(version(1, 2))
        .isNotEqualTo(version(1, 3))
        .isNotEqualTo(version(1))
        .isNotEqualTo(version())
        .isNotEqualTo(null)
        .isNotEqualTo("other");
  }

  @Test
  void identities_areTheSame_ifTypeAndTextAre() {
    KekIdentity one = KekIdentity.ofText(KekType.AWS_KMS, "a");
    assertThat(one)
        .isEqualTo(KekIdentity.ofText(KekType.AWS_KMS, "a"))
        .hasSameHashCodeAs(KekIdentity.ofText(KekType.AWS_KMS, "a"))
        .isNotEqualTo(KekIdentity.ofText(KekType.AWS_KMS, "b"))
        .isNotEqualTo(KekIdentity.ofText(KekType.LOCAL, "a"))
        .isNotEqualTo(null);
  }
}
