// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.envelope.EnvelopeEvents;
import dev.bulla.envelope.KeyId;
import dev.bulla.kek.KekException;
import dev.bulla.socket.SocketEvents;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;

/** Tells the operator what happens: each change once, never a secret. Thread-safe. */
final class EventLog implements EnvelopeEvents, SocketEvents {
  private final Logger log = System.getLogger("bulla");
  private final AtomicReference<String> lastFailure = new AtomicReference<>("");

  @Override
  public void dekAdopted(KeyId keyId) {
    lastFailure.set("");
    log.log(
        Level.INFO,
        "a new data key was proved through its KEK and seals from now on, key_id {0}",
        keyId);
  }

  @Override
  public void dekFailed(String kekName, KekException why) {
    String text = "KEK " + kekName + " made no data key: " + why.getMessage();
    if (!text.equals(lastFailure.getAndSet(text))) {
      log.log(Level.WARNING, text + "; it is tried again by itself");
    }
  }

  @Override
  public void defect(RuntimeException what) {
    log.log(Level.ERROR, "a defect in a backend; please report it", what);
  }

  @Override
  public void stopped() {
    log.log(Level.DEBUG, "the key loop has ended");
  }

  @Override
  public void waiting(String endpoint, String owner) {
    log.log(
        Level.INFO,
        "standing by: {0} serves {1}; this one takes over when it ends",
        owner,
        endpoint);
  }

  @Override
  public void published(String endpoint) {
    log.log(Level.INFO, "serving on {0}", endpoint);
  }

  @Override
  public void peerRejected(long uid, String why, long rejectedSoFar) {
    log.log(
        Level.WARNING,
        "closed a connection of uid {0}: {1} ({2} so far)",
        Long.toString(uid),
        why,
        Long.toString(rejectedSoFar));
  }

  @Override
  public void notRecorded(IOException why) {
    log.log(
        Level.WARNING, "the lock file cannot be written; a hand-over will not be seamless", why);
  }

  @Override
  public void notLetGo(IOException why) {
    log.log(Level.WARNING, "the socket's path was not let go in order", why);
  }

  void debug(String text) {
    log.log(Level.DEBUG, text);
  }

  void warning(String text) {
    log.log(Level.WARNING, text);
  }
}
