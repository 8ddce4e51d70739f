// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.events.QuietListener;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.time.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** A running envelope on a local KEK whose unwraps take as long as a remote one's. */
final class EnvelopeBed extends QuietListener implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(20);

  private final LongAdder unwraps = new LongAdder();
  private final Kek kek;
  private final EnvelopeRuntime runtime;

  EnvelopeBed(Duration unwrapTime) {
    this.kek = new DistantKek(localKek(), unwrapTime);
    EnvelopeSettings settings =
        new EnvelopeSettings(
            "bench", 1, new ConfiguredKek("bench", KekRole.WRITE, kek), DekLimits.DEFAULT);
    this.runtime =
        EnvelopeRuntime.start(
            settings, EnvelopeRuntime.Surroundings.plain(new SecureRandom()), this);
    awaitReady();
  }

  private static Kek localKek() {
    try {
      Path folder = Files.createTempDirectory("bulla-jmh");
      Path file = folder.resolve("kek");
      LocalKek.createKeyFile(file, new SecureRandom());
      // Read at each use, so it stays until the end; in reverse order of these two.
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return LocalKek.open(file, "bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (KekException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitReady() {
    long end = System.nanoTime() + START.toNanos();
    while (!(envelopes().state() instanceof WriteState.Ready)) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("no data key was made");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  Envelopes envelopes() {
    return runtime.envelopes();
  }

  Envelope seal(byte[] seed) {
    try {
      return envelopes().seal(seed);
    } catch (EnvelopeException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns how many unwraps callers have waited for. */
  long unwraps() {
    return unwraps.sum();
  }

  @Override
  public void unwrapEnded(Bytes annotationSha256, UnwrapResult result) {
    unwraps.increment();
  }

  @Override
  public void dekFailed(String kekName, KekException why) {
    throw new IllegalStateException(why);
  }

  @Override
  public void defect(Throwable what) {
    throw new IllegalStateException(what);
  }

  @Override
  public void close() {
    runtime.close();
    kek.close();
  }

  /** Unwraps after a while. */
  private record DistantKek(Kek kek, Duration unwrapTime) implements Kek {
    @Override
    public KekIdentity identity() {
      return kek.identity();
    }

    @Override
    public WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline)
        throws KekException {
      return kek.wrap(master, version, deadline);
    }

    @Override
    public KeyMaterial unwrap(WrappedKey wrapped, Deadline deadline) throws KekException {
      long end = System.nanoTime() + unwrapTime.toNanos();
      for (long left = unwrapTime.toNanos(); left > 0; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      return kek.unwrap(wrapped, deadline);
    }

    @Override
    public KekDescription describe(Deadline deadline) throws KekException {
      return kek.describe(deadline);
    }

    @Override
    public void close() {
      kek.close();
    }
  }
}
