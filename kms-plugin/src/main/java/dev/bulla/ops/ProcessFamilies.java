// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import dev.bulla.ops.Families.Sample;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The families of the process and its JVM, under the names that others use for them. */
final class ProcessFamilies {
  private static final Path SELF = Path.of("/proc/self");
  private static final double MILLIS_PER_SECOND = 1e3;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double BYTES_PER_KB = 1024;

  private ProcessFamilies() {}

  static void add(Families to) {
    jvm(to);
    ProcessHandle.Info info = ProcessHandle.current().info();
    info.totalCpuDuration()
        .ifPresent(
            time ->
                to.counter(
                    "process_cpu_seconds",
                    "Processor time, user and system.",
                    time.toNanos() / NANOS_PER_SECOND));
    info.startInstant()
        .ifPresent(
            at ->
                to.gauge(
                    "process_start_time_seconds",
                    "Start of the process, Unix time.",
                    at.toEpochMilli() / MILLIS_PER_SECOND));
    try {
      proc(to);
    } catch (IOException _) {
      // Without /proc these are left out; the plugin goes on.
      to.gauge("bulla_proc_unreadable", "1 if /proc cannot be read.", 1);
    }
  }

  private static void proc(Families to) throws IOException {
    for (String line : Files.readAllLines(SELF.resolve("status"))) {
      if (line.startsWith("VmRSS:")) {
        to.gauge("process_resident_memory_bytes", "Memory in RAM.", number(line) * BYTES_PER_KB);
      } else if (line.startsWith("VmLck:")) {
        to.gauge(
            "process_locked_memory_bytes", "Memory locked in RAM.", number(line) * BYTES_PER_KB);
      } else if (line.startsWith("Threads:")) {
        to.gauge("process_threads", "Threads of the kernel's.", number(line));
      }
    }
    try (Stream<Path> open = Files.list(SELF.resolve("fd"))) {
      to.gauge("process_open_fds", "Open file descriptors.", (double) open.count());
    }
  }

  private static double number(String line) {
    return Double.parseDouble(line.replaceAll("[^0-9]", ""));
  }

  private static void jvm(Families to) {
    Runtime runtime = Runtime.getRuntime();
    to.gauge(
        "jvm_memory_heap_used_bytes",
        "Heap in use, garbage included.",
        (double) (runtime.totalMemory() - runtime.freeMemory()));
    to.gauge("jvm_memory_heap_max_bytes", "Largest heap.", (double) runtime.maxMemory());
    List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    to.counters(
        "jvm_gc_collections",
        "Garbage collections.",
        collectors.stream()
            .map(gc -> Sample.of((double) gc.getCollectionCount(), "gc", name(gc)))
            .toList());
    to.counters(
        "jvm_gc_seconds",
        "Time in garbage collections.",
        collectors.stream()
            .map(gc -> Sample.of(gc.getCollectionTime() / MILLIS_PER_SECOND, "gc", name(gc)))
            .toList());
  }

  private static String name(GarbageCollectorMXBean collector) {
    return collector.getName().toLowerCase(Locale.ROOT);
  }
}
