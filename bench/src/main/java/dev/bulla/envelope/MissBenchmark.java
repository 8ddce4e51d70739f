// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Eight callers at once want a DEK that is not in memory, of a KEK that takes so long: one unwrap
 * for all of them. What is beyond the KEK's time is Bulla's.
 *
 * <pre>bench/jmh MissBenchmark</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class MissBenchmark {
  private static final int CALLERS = 8;

  /** Of an unwrap, in milliseconds. */
  @Param({"0", "5", "20"})
  private int kekMillis;

  // Replaced once JMH has set the time.
  private EnvelopeBed bed = new EnvelopeBed(Duration.ZERO);
  private Envelope sealed = bed.seal(new byte[32]);

  /** Takes a KEK of the set time. */
  @Setup
  public void start() {
    bed.close();
    bed = new EnvelopeBed(Duration.ofMillis(kekMillis));
    sealed = bed.seal(new byte[32]);
  }

  /** Ends the background work. */
  @TearDown
  public void close() {
    bed.close();
  }

  /** Forgets all DEKs, and opens. */
  @Benchmark
  public List<byte[]> miss() {
    bed.envelopes().erase();
    long before = bed.unwraps();
    TokenBucket budget = new TokenBucket(Ticker.system());
    List<CompletableFuture<byte[]>> opens = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      opens.add(
          bed.envelopes()
              .open(
                  sealed.ciphertext().toByteArray(),
                  sealed.keyId().text(),
                  sealed.annotation().toByteArray(),
                  budget,
                  Envelopes.MAX_WAIT));
    }
    List<byte[]> seeds = opens.stream().map(CompletableFuture::join).toList();
    if (bed.unwraps() != before + 1) {
      throw new IllegalStateException((bed.unwraps() - before) + " unwraps for one DEK");
    }
    return seeds;
  }
}
