// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every KEK must do, with {@link RotationContract}: every backend extends this, and every
 * fake, which proves it faithful.
 */
public abstract class KekContract extends RotationContract {
  @Test
  final void unwrap_ofAWrap_givesTheMaster() throws Exception {
    try (KeyMaterial again = kek.unwrap(wrapped(), soon())) {
      assertThat(again.bytes()).isEqualTo(MASTER);
    }
  }

  @Test
  final void wrap_leavesTheMasterToTheCaller() throws Exception {
    KeyMaterial master = master();
    kek.wrap(master, kek.describe(soon()).current(), soon());
    assertThat(master.bytes()).isEqualTo(MASTER);
  }

  @Test
  final void wrap_twice_givesTwoBlobs() throws Exception {
    assertThat(wrapped().blob()).isNotEqualTo(wrapped().blob());
  }

  @Test
  final void unwrap_twice_givesTwoArrays() throws Exception {
    WrappedKey wrapped = wrapped();
    KeyMaterial first = kek.unwrap(wrapped, soon());
    try (KeyMaterial second = kek.unwrap(wrapped, soon())) {
      first.close();
      assertThat(second.bytes()).isEqualTo(MASTER);
    }
  }

  @Test
  final void unwrap_ofEveryFlippedBit_isRejected() throws Exception {
    WrappedKey wrapped = wrapped();
    byte[] blob = wrapped.blob().toByteArray();
    for (int bit = 0; bit < blob.length * 8; bit++) {
      byte[] flipped = blob.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertRejected(kek, new WrappedKey(wrapped.version(), Bytes.copyFrom(flipped)));
    }
  }

  @Test
  final void unwrap_ofEveryOtherLength_isRejected() throws Exception {
    WrappedKey wrapped = wrapped();
    byte[] blob = wrapped.blob().toByteArray();
    for (int size = 1; size <= blob.length + 8; size++) {
      if (size != blob.length) {
        Bytes cut = Bytes.copyFrom(Arrays.copyOf(blob, size));
        assertRejected(kek, new WrappedKey(wrapped.version(), cut));
      }
    }
  }

  @Test
  final void unwrap_ofAnotherKeysBlob_isRejected() throws Exception {
    assumeKept(Promise.OTHER_KEY_IS_TOLD);
    try (Kek other = openOtherKey()) {
      assertRejected(other, wrapped());
    }
  }

  @Test
  final void unwrap_ofAnotherScopesBlob_isRejected() throws Exception {
    try (Kek other = openForOtherScope()) {
      assertRejected(other, wrapped());
    }
  }

  private void assertRejected(Kek kek, WrappedKey wrapped) {
    Class<?> otherKey =
        cannot(Promise.OTHER_KEY_IS_TOLD).isEmpty()
            ? KekException.Rejected.class
            : KekException.Denied.class;
    assertThatThrownBy(() -> kek.unwrap(wrapped, soon()))
        .isInstanceOfAny(KekException.Rejected.class, otherKey);
  }

  @Test
  final void unwrap_underAVersionThatIsNotThere_isRejected() throws Exception {
    assumeKept(Promise.VERSION_IS_CHECKED);
    byte[] version = wrapped().version().value().toByteArray();
    Assumptions.assumeTrue(version.length > 0, "the service names no version");
    version[0] ^= (byte) 0x80;
    assertRejected(kek, new WrappedKey(new KekVersion(Bytes.copyFrom(version)), wrapped().blob()));
  }

  @Test
  final void wrap_ofAnotherSize_isADefect() throws Exception {
    KekVersion version = kek.describe(soon()).current();
    assertThatThrownBy(() -> kek.wrap(KeyMaterial.adopt(new byte[31]), version, soon()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  final void call_afterItsDeadline_isUnavailable() throws Exception {
    WrappedKey wrapped = wrapped();
    Deadline passed = Deadline.after(Duration.ZERO, Ticker.system());
    assertThatThrownBy(() -> kek.unwrap(wrapped, passed))
        .isInstanceOf(KekException.Unavailable.class);
    assertThatThrownBy(() -> kek.describe(passed)).isInstanceOf(KekException.Unavailable.class);
  }

  @Test
  final void call_toASlowService_endsAtItsDeadline() throws Exception {
    WrappedKey wrapped = wrapped();
    injected(Fault.SLOW);
    Deadline bound = Deadline.after(Duration.ofSeconds(2), Ticker.system());
    Deadline deadline = Deadline.after(Duration.ofMillis(100), Ticker.system());
    assertThatThrownBy(() -> kek.unwrap(wrapped, deadline))
        .isInstanceOf(KekException.Unavailable.class);
    assertThat(bound.expired()).isFalse();
  }

  @Test
  final void interrupt_endsASlowCall() throws Exception {
    WrappedKey wrapped = wrapped();
    injected(Fault.SLOW);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> kek.unwrap(wrapped, soon()))
        .isInstanceOf(KekException.Unavailable.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NONE", "SLOW", "UNWRAP_DENIED", "WRONG_MASTER"},
      mode = EnumSource.Mode.EXCLUDE)
  final void failure_hasItsKind(Fault fault) throws Exception {
    WrappedKey wrapped = wrapped();
    injected(fault);
    KekException failure =
        catchThrowableOfType(KekException.class, () -> kek.unwrap(wrapped, soon()));
    Class<? extends KekException> expected =
        switch (fault) {
          case THROTTLED -> KekException.Throttled.class;
          case DENIED, UNWRAP_DENIED -> KekException.Denied.class;
          case DISABLED, PENDING_DELETION, GONE, RECREATED -> KekException.Revoked.class;
          case OTHER_KEY, GARBAGE -> KekException.Untrustworthy.class;
          case NONE, DOWN, SLOW, WRONG_MASTER -> KekException.Unavailable.class;
        };
    assertThat(failure).isInstanceOf(expected);
    assertThat(failure.toString()).doesNotContain(encodings());
  }

  private static String[] encodings() {
    return new String[] {
      HexFormat.of().formatHex(MASTER), Base64.getEncoder().encodeToString(MASTER)
    };
  }

  @Test
  final void describe_ofADisabledKey_saysSo() throws Exception {
    injected(Fault.DISABLED);
    assertThat(kek.describe(soon()).state()).isEqualTo(KekState.DISABLED);
  }

  @Test
  final void unwrap_byEightThreads_givesEachTheMaster() throws Exception {
    WrappedKey wrapped = wrapped();
    Callable<byte[]> unwrap =
        () -> {
          try (KeyMaterial again = kek.unwrap(wrapped, soon())) {
            return again.bytes().clone();
          }
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<byte[]> result : threads.invokeAll(Collections.nCopies(64, unwrap))) {
        assertThat(result.get()).isEqualTo(MASTER);
      }
    }
  }

  @Test
  final void call_afterClose_isUnavailable() throws Exception {
    WrappedKey wrapped = wrapped();
    kek.close();
    kek.close();
    assertThatThrownBy(() -> kek.unwrap(wrapped, soon()))
        .isInstanceOf(KekException.Unavailable.class);
  }
}
