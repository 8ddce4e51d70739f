// SPDX-License-Identifier: Apache-2.0
package dev.bulla.bench;

import com.google.errorprone.annotations.FormatMethod;
import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.DecryptResponse;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Throughput of warm Decrypts with and without an ops port: two plugins at once, {@value #AT_ONCE}
 * calls under way, shuffled blocks, several such pairs, and a scrape of the plugin that has the
 * port every 5 s, three times as often as Prometheus does.
 *
 * <pre>bench/ops-cost</pre>
 */
public final class OpsCostBenchmark {
  /**
   * Two plugins that run the same differ by several percent, as their compilers decide: hence many
   * pairs.
   */
  private static final int PAIRS = 9;

  private static final int BLOCKS = 11;
  private static final int CALLS_PER_BLOCK = 20_000;
  private static final int WARM_UP_CALLS = 60_000;
  private static final int AT_ONCE = 32;
  private static final long SCRAPE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final double MICROS_PER_TICK = 10_000;

  private record Arm(PluginProcess plugin, DecryptRequest request) {}

  /** Calls a second, and microseconds of the plugin's processor time for each. */
  private record Result(double rate, double cpuMicros) {}

  private OpsCostBenchmark() {}

  /** Runs it; see the script. */
  public static void main(String[] args) throws IOException, InterruptedException {
    double limit = Double.parseDouble(args.length > 0 ? args[0] : "0.97");
    List<Double> rates = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    for (int pair = 0; pair < PAIRS; pair++) {
      Result ratio = pair(new Random(pair));
      print(
          "pair %d: throughput %.3f, processor time per call %.3f%n",
          pair, ratio.rate, ratio.cpuMicros);
      rates.add(ratio.rate);
      cpus.add(ratio.cpuMicros);
    }
    print(
        "with / without, median of the pairs: throughput %.3f, processor time per call %.3f%n",
        median(rates), median(cpus));
    System.exit(median(rates) >= limit ? 0 : 1);
  }

  private static Result pair(Random order) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("bulla-ops-cost");
    int port = freePort();
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try (PluginProcess with =
            PluginProcess.start(
                folder.resolve("with"), "ops: { address: \"127.0.0.1:" + port + "\" }", loop);
        PluginProcess without = PluginProcess.start(folder.resolve("without"), "", loop)) {
      return run(
          new Arm(with, with.awaitWarm()), new Arm(without, without.awaitWarm()), port, order);
    } finally {
      var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      remove(folder);
    }
  }

  private static Result run(Arm with, Arm without, int port, Random order)
      throws IOException, InterruptedException {
    calls(with, WARM_UP_CALLS);
    calls(without, WARM_UP_CALLS);
    List<Double> rates = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    long scraped = System.nanoTime() - SCRAPE_NANOS;
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < BLOCKS; i++) {
        boolean first = order.nextBoolean();
        Optional<Result> before = first ? Optional.of(block(without, () -> {})) : Optional.empty();
        boolean due = System.nanoTime() - scraped >= SCRAPE_NANOS;
        scraped = due ? System.nanoTime() : scraped;
        Result on = block(with, due ? () -> scrape(client, port) : () -> {});
        Result off = before.isPresent() ? before.get() : block(without, () -> {});
        rates.add(on.rate / off.rate);
        cpus.add(on.cpuMicros / off.cpuMicros);
      }
    }
    return new Result(median(rates), median(cpus));
  }

  private static Result block(Arm arm, Runnable scrape) throws IOException, InterruptedException {
    long ticks = arm.plugin.cpuTicks();
    long from = System.nanoTime();
    scrape.run();
    calls(arm, CALLS_PER_BLOCK);
    double seconds = (System.nanoTime() - from) / 1e9;
    double micros = (arm.plugin.cpuTicks() - ticks) * MICROS_PER_TICK;
    return new Result(CALLS_PER_BLOCK / seconds, micros / CALLS_PER_BLOCK);
  }

  private static void calls(Arm arm, int count) throws InterruptedException {
    Semaphore places = new Semaphore(AT_ONCE);
    StreamObserver<DecryptResponse> answer =
        new StreamObserver<>() {
          @Override
          public void onNext(DecryptResponse response) {}

          @Override
          public void onError(Throwable why) {
            throw new IllegalStateException(why);
          }

          @Override
          public void onCompleted() {
            places.release();
          }
        };
    for (int i = 0; i < count; i++) {
      places.acquire();
      arm.plugin.stub().decrypt(arm.request, answer);
    }
    places.acquire(AT_ONCE);
  }

  private static void scrape(HttpClient client, int port) {
    var _ =
        client.sendAsync(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
            HttpResponse.BodyHandlers.discarding());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  @FormatMethod
  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
