// SPDX-License-Identifier: Apache-2.0
package dev.bulla.events;

import dev.bulla.envelope.EnvelopeEvents;
import dev.bulla.journal.JournalEvents;
import dev.bulla.service.ServiceEvents;
import dev.bulla.socket.SocketEvents;
import java.time.Duration;

/**
 * All that the plugin tells whoever logs, counts and keeps records. Called by many threads, also
 * the event loop: methods must not block or throw, and none may allocate for a call of an API
 * server that is answered from memory.
 */
public interface PluginEvents extends EnvelopeEvents, SocketEvents, JournalEvents, ServiceEvents {
  /** The free heap was overwritten, after DEKs were erased. */
  default void scrubbed(Duration took) {}

  /** The free heap cannot be overwritten in this JVM. */
  default void notScrubbed() {}
}
