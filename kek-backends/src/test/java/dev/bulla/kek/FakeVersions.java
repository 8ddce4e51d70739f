// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import com.google.crypto.tink.util.Bytes;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The versions of a fake key: what its service holds, for every {@link FakeKek} that is opened on
 * it. No two versions have the same name, also if one was lost. Thread-safe.
 */
final class FakeVersions {
  private final SecureRandom random = new SecureRandom();
  private final List<Version> versions = new ArrayList<>();
  private int made;
  private int life;

  /**
   * A version.
   *
   * @param number how many were made before it, lost ones as well
   */
  record Version(int number, Bytes key, Instant at) {
    KekVersion encoded() {
      byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
      return new KekVersion(Bytes.copyFrom(bytes));
    }

    DatedVersion dated() {
      return new DatedVersion(encoded(), Optional.of(at));
    }
  }

  /**
   * What it is at one moment.
   *
   * @param life how often it was made anew
   * @param versions oldest first, at least one
   */
  record State(int life, List<Version> versions) {
    Optional<Version> find(KekVersion version) {
      return versions.stream().filter(each -> each.encoded().equals(version)).findAny();
    }
  }

  FakeVersions(Instant at) {
    rotate(at);
  }

  synchronized State state() {
    return new State(life, List.copyOf(versions));
  }

  synchronized void rotate(Instant at) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    versions.add(new Version(made++, Bytes.copyFrom(key), at));
  }

  synchronized void recreate(Instant at) {
    versions.clear();
    life++;
    rotate(at);
  }

  synchronized void restoreTo(int oldest) {
    if (oldest < 1) {
      throw new IllegalArgumentException("a key has at least one version");
    }
    versions.subList(oldest, versions.size()).clear();
  }
}
