// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.history.Violation;
import dev.bulla.kek.KekVersion;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * I6 over the lives of a node: a restart never goes back either. It may where the operator raised
 * the generation, versions were lost, the clock is wrong, or the service's answer was old.
 */
final class KeyIdOrder {
  private final Map<Integer, Rank> last = new HashMap<>();

  private final Map<SimLife, Integer> firsts = new HashMap<>();

  private record Rank(int generation, int version) {}

  void told(SimLife life, KeyId keyId) {
    int version = version(life, keyId);
    Rank now = new Rank(life.configuration.generation(), version);
    Rank before = last.put(life.node.number, now);
    boolean same = before != null && before.generation == now.generation;
    if (same && before.version > version && !mayGoBack(life)) {
      throw new Violation("I6", "version %d after %d".formatted(version, before.version));
    }
    // The first of a process has nothing to be compared with.
    Integer first = firsts.putIfAbsent(life, version);
    if (first != null && first != version && life.writer().timesSeen(encoded(version)) < 2) {
      throw new Violation("design 7", "promoted after one observation");
    }
  }

  private static boolean mayGoBack(SimLife life) {
    return life.node.mayGoBack() || life.writer().service.hasLost();
  }

  private static KekVersion encoded(int number) {
    return new KekVersion(
        Bytes.copyFrom(ByteBuffer.allocate(Integer.BYTES).putInt(number).array()));
  }

  private static int version(SimLife life, KeyId keyId) {
    for (int number = life.writer().service.newest() - 1; number >= 0; number--) {
      if (life.parts.keks().keyId(encoded(number)).equals(keyId)) {
        return number;
      }
    }
    throw new Violation("I6", "a key_id of no version");
  }
}
