// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import dev.bulla.envelope.EnvelopeFacts;
import dev.bulla.envelope.KekFacts;
import dev.bulla.health.Phase;
import dev.bulla.ops.Families.Sample;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The families of what the envelope is at the moment. */
final class EnvelopeFamilies {
  private static final double MILLIS_PER_SECOND = 1e3;

  private EnvelopeFamilies() {}

  static void add(Facts facts, Families to) {
    keks(facts, to);
    versions(facts.envelope(), to);
    facts.envelope().sealing().ifPresent(sealing -> dek(sealing, to));
    to.gauge(
        "bulla_deks_in_memory",
        "DEKs that open without a call to a KEK, about.",
        (double) facts.envelope().deksInMemory());
  }

  private static void keks(Facts facts, Families to) {
    List<KekFacts> keks = facts.envelope().keks();
    to.gauges(
        "bulla_kek_state",
        "1 for the state that the KEK is in, 0 for the others.",
        keks.stream().flatMap(kek -> Arrays.stream(Phase.values()).map(p -> in(kek, p))).toList());
    to.gauges(
        "bulla_kek_last_confirmed_age_seconds",
        "Time since the KEK last unwrapped or described itself; absent before the first time.",
        of(keks, KekFacts::sinceConfirmed));
    to.gauges(
        "bulla_kek_seal_grace_seconds",
        "How long Encrypt goes on if nothing more is heard of the KEK.",
        of(keks, kek -> Optional.of(kek.sealsFor())));
    to.gauges(
        "bulla_kek_open_grace_seconds",
        "How long DEKs in memory open if nothing more is heard of the KEK.",
        of(keks, kek -> Optional.of(kek.opensFor())));
    to.gauges(
        "bulla_kek_credentials_left_seconds",
        "Time until the credentials in use expire; absent if they do not.",
        of(keks, kek -> kek.credentialsExpireAt().map(at -> Duration.between(facts.at(), at))));
  }

  private static Sample in(KekFacts kek, Phase phase) {
    return Sample.of(
        kek.phase() == phase ? 1 : 0,
        "kek",
        kek.name(),
        "role",
        kek.role().name().toLowerCase(Locale.ROOT),
        "state",
        phase.name());
  }

  private static List<Sample> of(List<KekFacts> keks, Function<KekFacts, Optional<Duration>> what) {
    return keks.stream()
        .flatMap(kek -> what.apply(kek).map(time -> seconds(kek, time)).stream())
        .toList();
  }

  private static Sample seconds(KekFacts kek, Duration time) {
    String role = kek.role().name().toLowerCase(Locale.ROOT);
    return Sample.of(time.toMillis() / MILLIS_PER_SECOND, "kek", kek.name(), "role", role);
  }

  private static void versions(EnvelopeFacts envelope, Families to) {
    List<Labels> ids = new ArrayList<>();
    List<Sample> instants = new ArrayList<>();
    envelope.version().ifPresent(version -> add(envelope, "current", version, ids, instants));
    envelope.pending().ifPresent(version -> add(envelope, "pending", version, ids, instants));
    to.infos(
        "bulla_key_id",
        "The key_id in use and the one that follows, hashed as the API server does.",
        ids);
    to.gauges(
        "bulla_key_id_promotion_timestamp_seconds",
        "When the key_id comes, or came, into use; Unix time.",
        instants);
  }

  private static void add(
      EnvelopeFacts envelope,
      String state,
      EnvelopeFacts.Version version,
      List<Labels> ids,
      List<Sample> instants) {
    String hash = version.keyId().hash();
    ids.add(
        Labels.of(
            "scope",
            envelope.scope(),
            "state",
            state,
            "key_id_hash",
            hash,
            "kek_version",
            HexFormat.of().formatHex(version.version().value().toByteArray())));
    version
        .usedFrom()
        .map(Instant::getEpochSecond)
        .ifPresent(at -> instants.add(Sample.of((double) at, "state", state, "key_id_hash", hash)));
  }

  private static void dek(EnvelopeFacts.Sealing sealing, Families to) {
    to.gauge(
        "bulla_dek_age_seconds",
        "Time since the DEK in use began to seal.",
        sealing.age().toMillis() / MILLIS_PER_SECOND);
    to.gauge(
        "bulla_dek_max_age_seconds",
        "How long a DEK may seal.",
        sealing.limits().maxAge().toMillis() / MILLIS_PER_SECOND);
    to.gauge("bulla_dek_seals", "How often the DEK in use has sealed.", (double) sealing.seals());
    to.gauge(
        "bulla_dek_max_seals", "How often a DEK may seal.", (double) sealing.limits().maxSeals());
    to.gauge(
        "bulla_dek_partial", "1 if a recovery KEK cannot open what is sealed.", sealing.partial());
  }
}
