// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.bulla.envelope.KekFacts;
import dev.bulla.ops.Families.Sample;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the ops port has to say, from memory. */
final class Pages {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";

  private final Supplier<Facts> facts;
  private final Counts counts;

  Pages(Supplier<Facts> facts, Counts counts) {
    this.facts = facts;
    this.counts = counts;
  }

  /** An answer. */
  record Page(HttpResponseStatus status, String contentType, String body) {}

  static Page text(HttpResponseStatus status, String text) {
    return new Page(status, TEXT, text + "\n");
  }

  Page metrics() {
    Facts now = facts.get();
    Families families = new Families();
    CountFamilies.add(counts, families);
    EnvelopeFamilies.add(now, families);
    process(now, families);
    ProcessFamilies.add(families);
    return new Page(
        HttpResponseStatus.OK, PrometheusTextFormatWriter.CONTENT_TYPE, families.page());
  }

  private void process(Facts now, Families to) {
    Readiness readiness = Readiness.of(now, counts);
    to.gauge("bulla_ready", "1 if an API server that calls now is served.", readiness.isReady());
    to.gauges(
        "bulla_not_ready",
        "1 for each reason for which this process is not ready.",
        Arrays.stream(Reason.values())
            .map(
                each ->
                    Sample.of(readiness.reasons().contains(each) ? 1 : 0, "reason", each.text()))
            .toList());
    to.gauges(
        "bulla_warning",
        "1 for each thing that is not as it should be while this process serves.",
        Arrays.stream(Warning.values())
            .map(
                each ->
                    Sample.of(readiness.warnings().contains(each) ? 1 : 0, "warning", each.text()))
            .toList());
    to.gauges(
        "bulla_protection",
        "1 if the kernel protects this process so, 0 if it was not asked or refused.",
        now.guards().stream()
            .map(each -> Sample.of(each.inForce() ? 1 : 0, "protection", each.name()))
            .toList());
    now.journalRecords()
        .ifPresent(
            records -> {
              to.gauge(
                  "bulla_journal_records", "Wrapped DEKs that a restart begins with.", records);
              to.gauge("bulla_journal_usable", "0 if the journal is off.", !counts.isJournalOff());
              to.counter(
                  "bulla_journal_unreadable_records",
                  "Records that were skipped as damaged.",
                  (double) counts.unreadableRecords.sum());
            });
    to.infos("bulla_build", "The program's version.", List.of(Labels.of("version", now.version())));
  }

  /** Says whether the process is alive, and nothing of a KEK: no restart mends one. */
  static Page live() {
    return text(HttpResponseStatus.OK, "ok");
  }

  Page ready(boolean json) {
    Facts now = facts.get();
    Readiness readiness = Readiness.of(now, counts);
    HttpResponseStatus status =
        readiness.isReady() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
    return json ? new Page(status, JSON, json(now, readiness)) : text(status, text(readiness));
  }

  private static String text(Readiness readiness) {
    String verdict =
        readiness.isReady()
            ? "ok"
            : "not ready: "
                + readiness.reasons().stream().map(Reason::text).collect(Collectors.joining(", "));
    return readiness.warnings().isEmpty()
        ? verdict
        : verdict
            + "\nwarnings: "
            + readiness.warnings().stream().map(Warning::text).collect(Collectors.joining(", "));
  }

  private static String json(Facts facts, Readiness readiness) {
    JsonObject answer = new JsonObject();
    answer.addProperty("ready", readiness.isReady());
    answer.add("reasons", array(readiness.reasons(), Reason::text));
    answer.add("warnings", array(readiness.warnings(), Warning::text));
    JsonArray keks = new JsonArray();
    facts.envelope().keks().forEach(kek -> keks.add(json(kek)));
    answer.add("keks", keks);
    JsonObject guards = new JsonObject();
    facts.guards().forEach(each -> guards.addProperty(each.name(), each.inForce()));
    answer.add("protection", guards);
    return answer + "\n";
  }

  private static JsonObject json(KekFacts kek) {
    JsonObject answer = new JsonObject();
    answer.addProperty("name", kek.name());
    answer.addProperty("role", kek.role().name().toLowerCase(Locale.ROOT));
    answer.addProperty("state", kek.phase().name());
    kek.setback().ifPresent(why -> answer.addProperty("lastFailure", why.name()));
    kek.sinceConfirmed()
        .ifPresent(time -> answer.addProperty("lastConfirmedAgeSeconds", time.toSeconds()));
    return answer;
  }

  private static <T> JsonArray array(Collection<T> values, Function<T, String> text) {
    JsonArray array = new JsonArray();
    values.forEach(value -> array.add(text.apply(value)));
    return array;
  }
}
