// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every KEK must do when it gets new versions: nodes agree by what it says of them. */
public abstract class RotationContract extends KekCase {
  @Test
  final void rotate_changesTheVersionAndKeepsTheIdentity() throws Exception {
    assumeKept(Promise.ROTATION_IS_SEEN);
    KekDescription before = kek.describe(soon());
    rotate();
    KekDescription after = kek.describe(soon());
    assertThat(after.current()).isNotEqualTo(before.current());
    assertThat(after.identity()).isEqualTo(before.identity()).isEqualTo(kek.identity());
  }

  @Test
  final void unwrap_afterRotation_opensOldAndNew() throws Exception {
    WrappedKey old = wrapped();
    rotate();
    WrappedKey young = wrapped();
    for (WrappedKey each : List.of(old, young)) {
      try (KeyMaterial again = kek.unwrap(each, soon())) {
        assertThat(again.bytes()).isEqualTo(MASTER);
      }
    }
  }

  private KekDescription described() throws KekException {
    return kek.describe(soon());
  }

  private static List<KekVersion> versions(KekDescription description) {
    return description.versions().stream().map(DatedVersion::version).toList();
  }

  @Test
  final void describe_ofANewKey_listsOneVersion() throws Exception {
    assertThat(versions(described())).containsExactly(described().current());
  }

  @Test
  final void describe_afterRotations_listsNewestFirst() throws Exception {
    assumeKept(Promise.ROTATION_IS_SEEN);
    KekVersion first = described().current();
    rotate();
    KekVersion second = described().current();
    rotate();
    KekDescription last = described();
    assertThat(versions(last))
        .containsExactly(last.current(), second, first)
        .doesNotHaveDuplicates();
    assertThat(last.versions().stream().map(DatedVersion::createdAt).flatMap(Optional::stream))
        .isSortedAccordingTo(Comparator.reverseOrder());
  }

  @Test
  final void version_thatIsNoLongerCurrent_keepsItsTime() throws Exception {
    assumeKept(Promise.ROTATION_IS_SEEN);
    List<DatedVersion> before = described().versions();
    rotate();
    assertThat(described().versions()).endsWith(before.getFirst());
  }

  @Test
  final void wrap_underAnEarlierVersion_usesItOrTheCurrentAndSaysWhich() throws Exception {
    assumeKept(Promise.ROTATION_IS_SEEN);
    KekVersion earlier = described().current();
    rotate();
    boolean obeys = cannot(Promise.EARLIER_VERSION_WRAPS).isEmpty();
    WrappedKey wrapped = kek.wrap(master(), earlier, soon());
    assertThat(wrapped.version()).isEqualTo(obeys ? earlier : described().current());
    try (KeyMaterial again = kek.unwrap(wrapped, soon())) {
      assertThat(again.bytes()).isEqualTo(MASTER);
    }
  }

  @Test
  final void serviceTime_isThatOfTheServicesClock() throws Exception {
    assumeKept(Promise.TIME_IS_TOLD);
    Instant before = Instant.now();
    assertThat(described().serviceTime().orElseThrow())
        .isBetween(before.minus(Duration.ofSeconds(5)), before.plus(Duration.ofSeconds(10)));
  }
}
