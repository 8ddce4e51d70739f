// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.time.Ticker;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A seal and an open of a seed of 32 bytes whose DEK is in memory, and the parts of an open.
 *
 * <pre>bench/jmh EnvelopeBenchmark -prof gc</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EnvelopeBenchmark {
  private static final int SEED_BYTES = 32;

  private final EnvelopeBed bed = new EnvelopeBed(Duration.ZERO);
  private final byte[] seed = new byte[SEED_BYTES];
  private final AssociatedData associatedData = new AssociatedData("bench");
  private final TokenBucket budget = new TokenBucket(Ticker.system());
  private final Told told = new Told();
  private final byte[] ciphertext;
  private final byte[] annotation;
  private final byte[] annotationHash;
  private final String keyId;

  /** Seals one seed, which is opened again and again. */
  public EnvelopeBenchmark() {
    new SecureRandom().nextBytes(seed);
    Envelope sealed = bed.seal(seed);
    ciphertext = sealed.ciphertext().toByteArray();
    annotation = sealed.annotation().toByteArray();
    annotationHash = AnnotationHash.of(annotation).bytes();
    keyId = sealed.keyId().text();
  }

  /** Ends the background work. */
  @TearDown
  public void close() {
    bed.close();
  }

  /** What Encrypt does. A DEK has 2^20 seals: its turnover is in the figure. */
  @Benchmark
  public Object seal() throws EnvelopeException {
    return bed.envelopes().seal(seed, told);
  }

  /** What Decrypt does when the DEK is in memory: the cache hit, the checks, the cipher. */
  @Benchmark
  public byte[] open() {
    return bed.envelopes()
        .open(ciphertext, keyId, annotation, budget, Envelopes.MAX_WAIT)
        .resultNow();
  }

  /** The syntax check of a key_id. */
  @Benchmark
  public boolean keyIdCheck() {
    return KeyId.isWellFormed(keyId);
  }

  /** What the cache is asked with. */
  @Benchmark
  public Object annotationHash() {
    return AnnotationHash.of(annotation);
  }

  /** Of an annotation that was never seen. */
  @Benchmark
  public Optional<?> annotationParse() {
    return DekRecord.parse(annotation);
  }

  /** What a seal and an open are bound to. */
  @Benchmark
  public byte[] associatedData() {
    return associatedData.of(keyId, annotationHash);
  }

  /** What Status answers. */
  @Benchmark
  public Object state() {
    return bed.envelopes().state(told);
  }
}
