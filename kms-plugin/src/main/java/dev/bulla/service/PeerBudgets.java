// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

import dev.bulla.envelope.TokenBucket;
import dev.bulla.time.Ticker;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One allowance of cold unwraps for each user that connects: a user cannot win a new one by
 * connecting again. At most as many as there are allowed uids. Thread-safe.
 */
final class PeerBudgets {
  private final ConcurrentHashMap<Long, TokenBucket> buckets = new ConcurrentHashMap<>();
  private final Ticker ticker;

  PeerBudgets(Ticker ticker) {
    this.ticker = ticker;
  }

  TokenBucket of(Peer peer) {
    return buckets.computeIfAbsent(peer.uid(), _ -> new TokenBucket(ticker));
  }
}
