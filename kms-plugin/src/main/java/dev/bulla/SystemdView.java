// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.client.OwnAnswer;
import dev.bulla.client.OwnClient;
import dev.bulla.envelope.Envelopes;
import dev.bulla.envelope.WriteState;
import dev.bulla.events.QuietListener;
import dev.bulla.proto.v2.StatusRequest;
import dev.bulla.socket.UnixSocketServer;
import dev.bulla.systemd.Notifier.Reading;
import dev.bulla.systemd.Notifier.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What systemd is told of the plugin. Thread-safe. */
final class SystemdView extends QuietListener {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private volatile Stage stage = Stage.STARTING;

  @Override
  public void waiting(String endpoint, String owner) {
    stage = Stage.STANDING_BY;
  }

  @Override
  public void published(String endpoint) {
    stage = Stage.SERVING;
  }

  /** Returns what there is to say, from memory. */
  Reading reading(Envelopes envelopes, BooleanSupplier warm) {
    Stage now = stage;
    return switch (now) {
      case STARTING -> new Reading(now, false, "starting");
      case STANDING_BY -> new Reading(now, false, "standing by: another instance serves");
      case SERVING ->
          switch (envelopes.state()) {
            case WriteState.Ready ready when warm.getAsBoolean() ->
                new Reading(now, true, "serving; key_id " + ready.keyId().hash());
            case WriteState.Ready _ -> new Reading(now, false, "serving; warming up");
            case WriteState.NotReady why ->
                new Reading(
                    now, false, "serving, but cannot encrypt: " + LineFields.word(why.obstacle()));
          };
    };
  }

  /** Returns whether a Status through the socket is answered, whatever the answer is. */
  boolean answers(UnixSocketServer server) {
    Optional<String> socket = server.reachableAt();
    if (socket.isEmpty()) {
      // One that waits for an abstract name has no other to be reached at.
      return stage == Stage.STANDING_BY;
    }
    try (OwnClient client = OwnClient.connect(socket.get(), TIMEOUT)) {
      OwnAnswer answer = client.call("Status", StatusRequest.getDefaultInstance());
      // The plugin's own refusals say who refuses; another's do not.
      return answer.ok() || answer.detail().startsWith("bulla: ");
    } catch (IOException _) {
      return false;
    }
  }
}
