// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.HealthEvents;
import dev.bulla.health.WatchedKek;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekVersion;
import dev.bulla.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The KEKs of one configuration. Immutable but for what each member remembers; thread-safe. */
final class KekSet {
  private final String scope;
  private final int generation;
  private final KekMember write;
  private final List<KekMember> recovery;
  private final List<KekMember> all;

  private KekSet(String scope, int generation, List<KekMember> all) {
    this.scope = scope;
    this.generation = generation;
    this.all = List.copyOf(all);
    this.write = with(KekRole.WRITE).getFirst();
    this.recovery = with(KekRole.RECOVERY);
  }

  static KekSet of(EnvelopeSettings settings, Ticker ticker, HealthEvents events) {
    List<KekMember> members = new ArrayList<>();
    for (ConfiguredKek kek : settings.keks()) {
      WatchedKek watched =
          new WatchedKek(kek.name(), kek.kek(), ticker, events, settings.doubtFor());
      members.add(new KekMember(kek.role(), watched));
    }
    return new KekSet(settings.scope(), settings.generation(), members);
  }

  private List<KekMember> with(KekRole role) {
    return all.stream().filter(member -> member.role() == role).toList();
  }

  String scope() {
    return scope;
  }

  KekMember write() {
    return write;
  }

  List<KekMember> recovery() {
    return recovery;
  }

  List<KekMember> all() {
    return all;
  }

  /** Returns the KEK that made the recipient's blob, if it is configured. */
  Optional<KekMember> of(Recipient recipient) {
    return all.stream().filter(member -> member.made(recipient)).findFirst();
  }

  /** Returns those that can unwrap a record, in the record's order. */
  List<KekMember> of(DekRecord record) {
    return record.recipients().stream().flatMap(recipient -> of(recipient).stream()).toList();
  }

  /** Returns the key_id under {@code version} of the write KEK. */
  KeyId keyId(KekVersion version) {
    List<KekIdentity> others = recovery.stream().map(member -> member.kek().identity()).toList();
    return KeyId.of(scope, generation, write.kek().identity(), version, others);
  }
}
