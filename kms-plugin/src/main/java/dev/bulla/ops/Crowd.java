// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;

/**
 * The open connections, oldest first: when one too many comes, the oldest goes, and none stays
 * long. So whoever only holds connections shuts nobody out. Belongs to one event loop.
 */
final class Crowd {
  /** Most connections at once: a scrape and a few probes need five. */
  static final int MOST = 64;

  /** Longest life of a connection, for one request and its answer. */
  static final int LONGEST_SECONDS = 5;

  private final SequencedSet<Channel> open = new LinkedHashSet<>();

  void entered(Channel channel) {
    if (open.size() >= MOST) {
      var _ = open.removeFirst().close();
    }
    open.addLast(channel);
    var end =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  var _ = channel.close();
                },
                LONGEST_SECONDS,
                TimeUnit.SECONDS);
    var _ =
        channel
            .closeFuture()
            .addListener(
                _ -> {
                  open.remove(channel);
                  end.cancel(false);
                });
  }
}
