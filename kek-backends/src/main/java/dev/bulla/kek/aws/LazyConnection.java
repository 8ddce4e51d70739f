// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekException;
import dev.bulla.kek.remote.CallLimits;
import dev.bulla.kek.remote.RemoteCalls;
import dev.bulla.kek.remote.RuntimeTrust;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Opens the SDK's clients at the first call: that takes half a second, which neither the start of
 * the process nor a check of its configuration has to wait for. Thread-safe.
 */
final class LazyConnection implements AutoCloseable {
  private final AwsSettings settings;
  private final TrustManager[] trust;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Open open;
  private volatile boolean closed;

  private LazyConnection(AwsSettings settings, TrustManager[] trust) {
    this.settings = settings;
    this.trust = trust;
  }

  private record Open(AwsConnection connection, Rotations rotations) {}

  /**
   * Reads the file of a private CA, if there is one, and connects to nothing.
   *
   * @throws KekException.Unavailable if that file cannot be read
   */
  static LazyConnection of(AwsSettings settings) throws KekException.Unavailable {
    Optional<Path> caFile = settings.network().caFile();
    return new LazyConnection(
        settings,
        caFile.isPresent() ? CertificateFile.trust(caFile.get()) : RuntimeTrust.managers());
  }

  AwsConnection get(Deadline deadline) throws KekException {
    return opened(deadline).connection();
  }

  Rotations rotations(Deadline deadline) throws KekException {
    return opened(deadline).rotations();
  }

  /** Returns when the credentials in use expire; empty if they do not, or none were used yet. */
  Optional<Instant> credentialsExpireAt() {
    Open now = open;
    return now == null ? Optional.empty() : now.connection().credentialsExpireAt();
  }

  private Open opened(Deadline deadline) throws KekException {
    requireOpen();
    Open now = open;
    if (now != null) {
      return now;
    }
    try {
      if (!lock.tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new KekException.Unavailable("the first connection to AWS is still being made");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new KekException.Unavailable("interrupted");
    }
    try {
      requireOpen();
      Open made = open == null ? open() : open;
      open = made;
      return made;
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() throws KekException.Unavailable {
    if (closed) {
      throw new KekException.Unavailable("the KEK was closed");
    }
  }

  private Open open() {
    AwsClients clients = new AwsClients(settings, AwsHttp.client(settings.network(), trust));
    Ticker ticker = Ticker.system();
    Credentials credentials =
        new Credentials(
            new CredentialSource(settings.credentials(), clients::sts),
            InstantSource.system(),
            ticker);
    RemoteCalls<KmsPlace> calls =
        new RemoteCalls<>(
            "bulla-aws-",
            clients.places(),
            CallLimits.STANDARD,
            ticker,
            RandomGenerator.getDefault());
    AwsConnection connection = new AwsConnection(clients, credentials, calls);
    return new Open(connection, new Rotations(connection));
  }

  @Override
  public void close() {
    closed = true;
    lock.lock();
    try {
      Open now = open;
      open = null;
      if (now != null) {
        now.connection().close();
      }
    } finally {
      lock.unlock();
    }
  }
}
