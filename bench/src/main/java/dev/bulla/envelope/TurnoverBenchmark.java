// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.util.Bytes;
import dev.bulla.time.Ticker;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Seals from three threads while a fourth changes the DEK all the time, against seals alone: no
 * seal waits for a turnover.
 *
 * <pre>bench/jmh TurnoverBenchmark</pre>
 */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class TurnoverBenchmark {
  private static final KeyId ID = new KeyId("b1." + "A".repeat(KeyId.LENGTH - 3));
  private static final int SEALERS = 3;

  private final byte[] seed = new byte[32];
  private final Dek first = dek(1);
  private final Dek second = dek(2);
  private final Keyring keyring = new Keyring(DekLimits.DEFAULT, Ticker.system());

  /** Has a DEK. */
  public TurnoverBenchmark() {
    keyring.adopt(ID, first);
  }

  private static Dek dek(int mark) {
    byte[] key = new byte[Suite.KEY_BYTES];
    new SecureRandom().nextBytes(key);
    try {
      return new Dek(
          new AesGcmJce(key),
          new AssociatedData("bench"),
          Bytes.copyFrom(new byte[] {(byte) mark}),
          List.of());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Seals, with a DEK that is replaced under it. */
  @Benchmark
  @Group("turning")
  @GroupThreads(SEALERS)
  public Object sealWhileItTurns() throws EnvelopeException {
    return keyring.seal(seed, new Told());
  }

  /** Changes the DEK. */
  @Benchmark
  @Group("turning")
  @GroupThreads
  public void turn() {
    keyring.adopt(ID, second);
    keyring.adopt(ID, first);
  }

  /** Seals; a new budget for each two to the twentieth is the only change. */
  @Benchmark
  @Group("still")
  @GroupThreads(SEALERS)
  public Object sealInPeace() {
    try {
      return keyring.seal(seed, new Told());
    } catch (EnvelopeException _) {
      keyring.adopt(ID, first);
      return keyring;
    }
  }
}
