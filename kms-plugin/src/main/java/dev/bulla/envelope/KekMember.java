// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.WatchedKek;
import org.jspecify.annotations.Nullable;

/** A configured KEK at work: watched, and known by its tag. */
record KekMember(KekRole role, KekTag tag, WatchedKek kek) {
  KekMember(KekRole role, WatchedKek kek) {
    this(role, KekTag.of(kek.identity()), kek);
  }

  // A watched KEK is one member. Written out, as in KekIdentity.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KekMember member && kek.equals(member.kek);
  }

  @Override
  public int hashCode() {
    return kek.hashCode();
  }

  String name() {
    return kek.name();
  }

  /** Returns whether this KEK made the recipient's blob, as far as the record says. */
  boolean made(Recipient recipient) {
    return kek.identity().type() == recipient.type() && tag.equals(recipient.tag());
  }
}
