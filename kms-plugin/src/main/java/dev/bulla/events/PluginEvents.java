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
  /** The code is warm: Status says that it is well from now on, if it is. */
  default void warmedUp() {}

  /** The ops port answers. */
  default void opsServing(String address) {}

  /** The ops port does not answer; it is tried again by itself. Told once until it answers. */
  default void opsUnavailable(String address, String why) {}

  /** The free heap was overwritten, after DEKs were erased. */
  default void scrubbed(Duration took) {}

  /** The free heap cannot be overwritten in this JVM. */
  default void notScrubbed() {}
}
