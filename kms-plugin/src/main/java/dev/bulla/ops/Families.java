// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The metric families of one scrape. */
final class Families {
  private final List<MetricSnapshot> families = new ArrayList<>();

  /** One sample of a family. */
  record Sample(Labels labels, double value) {
    static Sample of(double value, String... namesAndValues) {
      return new Sample(Labels.of(namesAndValues), value);
    }
  }

  void gauge(String name, String help, double value) {
    gauges(name, help, List.of(Sample.of(value)));
  }

  void gauge(String name, String help, boolean value) {
    gauge(name, help, value ? 1 : 0);
  }

  /** A family without samples is left out. */
  void gauges(String name, String help, List<Sample> samples) {
    GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
    for (Sample sample : samples) {
      family.dataPoint(
          GaugeDataPointSnapshot.builder().labels(sample.labels).value(sample.value).build());
    }
    if (!samples.isEmpty()) {
      families.add(family.build());
    }
  }

  /** Samples of 1, for their labels; {@code name} is without its {@code _info}. */
  void infos(String name, String help, List<Labels> samples) {
    InfoSnapshot.Builder family = InfoSnapshot.builder().name(name).help(help);
    samples.forEach(labels -> family.dataPoint(new InfoDataPointSnapshot(labels)));
    if (!samples.isEmpty()) {
      families.add(family.build());
    }
  }

  /** {@code name} is without its {@code _total}. */
  void counter(String name, String help, double value) {
    counters(name, help, List.of(Sample.of(value)));
  }

  void counters(String name, String help, List<Sample> samples) {
    CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
    for (Sample sample : samples) {
      family.dataPoint(
          CounterDataPointSnapshot.builder().labels(sample.labels).value(sample.value).build());
    }
    families.add(family.build());
  }

  void histograms(String name, String help, List<HistogramDataPointSnapshot> points) {
    HistogramSnapshot.Builder family = HistogramSnapshot.builder().name(name).help(help);
    points.forEach(family::dataPoint);
    families.add(family.build());
  }

  /** Returns the page that Prometheus reads, format 0.0.4. */
  String page() {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(page, new MetricSnapshots(families));
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
    return page.toString(StandardCharsets.UTF_8);
  }
}
