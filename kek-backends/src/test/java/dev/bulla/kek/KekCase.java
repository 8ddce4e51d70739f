// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/** A KEK that is opened for each test, and what its backend can and cannot do. */
public abstract class KekCase {
  static final byte[] MASTER =
      HexFormat.of().parseHex("030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dc");

  Kek kek;

  /** Opens the KEK under test, of one fresh key, for scope {@code contract}. */
  protected abstract Kek open() throws Exception;

  /** Opens the same key for scope {@code other}. */
  protected abstract Kek openForOtherScope() throws Exception;

  /** Opens another key for scope {@code contract}. */
  protected abstract Kek openOtherKey() throws Exception;

  /** Gives the key a new version. */
  protected abstract void rotate() throws Exception;

  /** Makes the service fail so; or returns why this backend cannot, and the test is skipped. */
  protected abstract Optional<String> inject(Fault fault) throws Exception;

  /** What not every service lets a KEK promise. */
  protected enum Promise {
    /** A blob opens under the version that its record names and under no other. */
    VERSION_IS_CHECKED,
    /** A rotation changes the version that is described. */
    ROTATION_IS_SEEN,
    /** Another key's blob is known from a refusal of the credentials. */
    OTHER_KEY_IS_TOLD,
    /** A version that is not the newest wraps when it is named, until it is forbidden. */
    EARLIER_VERSION_WRAPS,
    /** A description says what the service's clock shows. */
    TIME_IS_TOLD
  }

  /** Returns why this service does not let the KEK keep {@code promise}; empty if it does. */
  protected Optional<String> cannot(Promise promise) {
    return Optional.empty();
  }

  final void assumeKept(Promise promise) {
    Optional<String> why = cannot(promise);
    Assumptions.assumeTrue(why.isEmpty(), why.orElse(""));
  }

  @BeforeEach
  final void openKek() throws Exception {
    kek = open();
  }

  @AfterEach
  final void closeKek() {
    kek.close();
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5), Ticker.system());
  }

  static KeyMaterial master() {
    return KeyMaterial.adopt(MASTER.clone());
  }

  final WrappedKey wrapped() throws KekException {
    return kek.wrap(master(), kek.describe(soon()).current(), soon());
  }

  final void injected(Fault fault) throws Exception {
    Optional<String> impossible = inject(fault);
    Assumptions.assumeTrue(impossible.isEmpty(), impossible.orElse(""));
  }
}
