// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The contract on the fake: what later tests rest on it is only worth as much as this. */
final class FakeKekTest extends KekContract {
  private final FakeKek key = new FakeKek(KekType.TRANSIT, "first", "contract");
  private int rotations;

  @Override
  protected Kek open() {
    key.clock(Optional.of(Instant.now()));
    return key;
  }

  @Override
  protected Kek openForOtherScope() {
    return key.forScope("other");
  }

  @Override
  protected Kek openOtherKey() {
    return new FakeKek(KekType.TRANSIT, "second", "contract");
  }

  @Override
  protected void rotate() {
    key.rotate(Instant.EPOCH.plusSeconds(++rotations));
  }

  @Override
  protected Optional<String> inject(Fault fault) {
    key.fail(fault);
    return Optional.empty();
  }

  private List<KekVersion> described() throws KekException {
    return described(key);
  }

  private static List<KekVersion> described(Kek kek) throws KekException {
    return kek.describe(soon()).versions().stream().map(DatedVersion::version).toList();
  }

  private static void assertRecreated(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            KekException.Revoked.class,
            e -> assertThat(e.reason()).isEqualTo(KekException.Revoked.Reason.RECREATED));
  }

  @Test
  void lag_showsTheOldestVersionsUntilItCatchesUp() throws Exception {
    rotate();
    List<KekVersion> both = described();
    rotate();
    List<KekVersion> all = described();
    key.lag(2);
    assertThat(described()).isEqualTo(both);
    key.unwrap(key.wrap(master(), all.getFirst(), soon()), soon()).close();
    key.catchUp();
    assertThat(described()).isEqualTo(all);
  }

  @Test
  void rotation_isSeenByEveryNodeAndALagByItsOwn() throws Exception {
    FakeKek node = key.forScope("contract");
    rotate();
    key.lag(1);
    assertThat(described(node)).hasSize(2).endsWith(described().getFirst());
  }

  @Test
  void recreate_isToldToWhoSawTheOldKey() throws Exception {
    WrappedKey old = wrapped();
    key.recreate();
    assertRecreated(() -> key.describe(soon()));
    assertRecreated(() -> key.wrap(master(), old.version(), soon()));
    assertRecreated(() -> key.unwrap(old, soon()));
  }

  @Test
  void recreate_isToldToWhoNamesAnOldVersion() throws Exception {
    WrappedKey old = wrapped();
    key.recreate();
    Kek node = key.forScope("contract");
    assertThat(described(node)).hasSize(1).doesNotContain(old.version());
    assertRecreated(() -> node.wrap(master(), old.version(), soon()));
    assertThatThrownBy(() -> node.unwrap(old, soon())).isInstanceOf(KekException.Rejected.class);
    node.unwrap(node.wrap(master(), described(node).getFirst(), soon()), soon()).close();
  }

  @Test
  void restore_losesTheNewestVersionsForGood() throws Exception {
    WrappedKey kept = wrapped();
    rotate();
    WrappedKey lost = wrapped();
    key.restoreTo(1);
    assertThat(described()).containsExactly(kept.version());
    key.unwrap(kept, soon()).close();
    assertThatThrownBy(() -> key.unwrap(lost, soon())).isInstanceOf(KekException.Rejected.class);
    assertRecreated(() -> key.wrap(master(), lost.version(), soon()));
    rotate();
    assertThat(described()).hasSize(2).endsWith(kept.version()).doesNotContain(lost.version());
  }

  @Test
  void clock_isSilentUntilItIsSet() throws Exception {
    FakeKek silent = new FakeKek(KekType.TRANSIT, "third", "contract");
    assertThat(silent.describe(soon()).serviceTime()).isEmpty();
    silent.clock(Optional.of(Instant.EPOCH));
    assertThat(silent.describe(soon()).serviceTime()).contains(Instant.EPOCH);
  }
}
