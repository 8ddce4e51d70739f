// SPDX-License-Identifier: Apache-2.0
package dev.bulla.bench;

import com.google.errorprone.annotations.FormatMethod;
import com.google.protobuf.ByteString;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.EncryptRequest;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.proto.v2.KeyManagementServiceGrpc;
import dev.bulla.proto.v2.StatusRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Warm Decrypt over the socket against a null method of the same server, at one caller, in shuffled
 * blocks of one run, so that what disturbs the machine disturbs both.
 *
 * <pre>bench/socket</pre>
 */
public final class SocketBenchmark {
  private static final int BLOCKS = 15;
  private static final int CALLS_PER_BLOCK = 2_000;
  private static final int WARM_UP_CALLS = 20_000;
  private static final double MEDIAN = 50.0;
  private static final double TAIL = 99.0;

  private final ManagedChannel channel;
  private final KeyManagementServiceGrpc.KeyManagementServiceBlockingStub stub;
  private final DecryptRequest request;

  private SocketBenchmark(ManagedChannel channel) {
    this.channel = channel;
    this.stub = KeyManagementServiceGrpc.newBlockingStub(channel).withWaitForReady();
    EncryptResponse sealed =
        stub.encrypt(
            EncryptRequest.newBuilder().setPlaintext(ByteString.copyFrom(new byte[32])).build());
    this.request =
        DecryptRequest.newBuilder()
            .setCiphertext(sealed.getCiphertext())
            .setKeyId(sealed.getKeyId())
            .addAllAnnotations(sealed.getAnnotationsList())
            .setUid("0b7e7b0a-5a5f-4a51-b8c0-4b0f3cf7d9b1")
            .build();
  }

  /** Runs it; exit code 1 if the ratio of the medians is over {@code args[1]}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("bulla-bench");
    Path socket = folder.resolve("s");
    Path key = folder.resolve("k");
    LocalKek.createKeyFile(key, new SecureRandom());
    Process server = server(socket, key);
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    boolean within;
    try {
      SocketBenchmark benchmark = new SocketBenchmark(channel(socket, loop));
      within = benchmark.run(Double.parseDouble(args.length > 0 ? args[0] : "1.3"), server.pid());
    } finally {
      server.destroy();
      server.waitFor();
      var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      for (Path file : List.of(key, socket, folder.resolve("s.lock"), folder)) {
        Files.deleteIfExists(file);
      }
    }
    System.exit(within ? 0 : 1);
  }

  private static Process server(Path socket, Path key) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            BenchServer.class.getName(),
            socket.toString(),
            key.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static ManagedChannel channel(Path socket, EventLoopGroup loop) {
    while (!Files.exists(socket)) {
      Thread.onSpinWait();
    }
    return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
        .channelType(EpollDomainSocketChannel.class)
        .withOption(ChannelOption.SO_KEEPALIVE, null)
        .eventLoopGroup(loop)
        .usePlaintext()
        .overrideAuthority("localhost")
        .directExecutor()
        .build();
  }

  private boolean run(double limit, long serverPid) throws IOException {
    block(Arm.NULL, WARM_UP_CALLS);
    block(Arm.DECRYPT, WARM_UP_CALLS);
    long callsBefore = kekCalls();
    List<Double> medians = new ArrayList<>();
    List<Double> tails = new ArrayList<>();
    Random order = new Random(1);
    for (int i = 0; i < BLOCKS; i++) {
      boolean decryptFirst = order.nextBoolean();
      Histogram first = block(decryptFirst ? Arm.DECRYPT : Arm.NULL, CALLS_PER_BLOCK);
      Histogram second = block(decryptFirst ? Arm.NULL : Arm.DECRYPT, CALLS_PER_BLOCK);
      Histogram decrypt = decryptFirst ? first : second;
      Histogram nothing = decryptFirst ? second : first;
      medians.add(ratio(decrypt, nothing, MEDIAN));
      tails.add(ratio(decrypt, nothing, TAIL));
      print(i, decrypt, nothing);
    }
    block(Arm.STATUS, CALLS_PER_BLOCK);
    block(Arm.ENCRYPT, CALLS_PER_BLOCK);
    long kekCalls = kekCalls() - callsBefore;
    double ratio = median(medians);
    print(
        "median of the blocks' ratios: p50 %.3f (limit %.2f), p99 %.3f%n",
        ratio, limit, median(tails));
    print("KEK calls during all of it: %d (must be 0)%n", kekCalls);
    print("server memory: %s%n", memory(serverPid));
    return ratio <= limit && kekCalls == 0;
  }

  private static String memory(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("\\s+", " "))
        .findFirst()
        .orElse("unknown");
  }

  private enum Arm {
    NULL,
    DECRYPT,
    STATUS,
    ENCRYPT
  }

  private Histogram block(Arm arm, int calls) {
    Histogram nanos = new Histogram(3);
    for (int i = 0; i < calls; i++) {
      long before = System.nanoTime();
      int size = call(arm);
      nanos.recordValue(System.nanoTime() - before);
      if (size < 0) {
        throw new IllegalStateException("a size cannot be negative");
      }
    }
    return nanos;
  }

  private int call(Arm arm) {
    return switch (arm) {
      case NULL -> call(BenchMethods.NULL).length;
      case DECRYPT -> stub.decrypt(request).getPlaintext().size();
      case STATUS -> stub.status(StatusRequest.getDefaultInstance()).getKeyId().length();
      case ENCRYPT ->
          stub.encrypt(EncryptRequest.newBuilder().setPlaintext(request.getCiphertext()).build())
              .getCiphertext()
              .size();
    };
  }

  private byte[] call(io.grpc.MethodDescriptor<byte[], byte[]> method) {
    return ClientCalls.blockingUnaryCall(
        channel, method, CallOptions.DEFAULT.withWaitForReady(), new byte[0]);
  }

  private long kekCalls() {
    return ByteBuffer.wrap(call(BenchMethods.KEK_CALLS)).getLong();
  }

  private static double ratio(Histogram decrypt, Histogram nothing, double percentile) {
    return (double) decrypt.getValueAtPercentile(percentile)
        / nothing.getValueAtPercentile(percentile);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private static void print(int block, Histogram decrypt, Histogram nothing) {
    print(
        "block %2d: Decrypt p50 %6.1f us p99 %7.1f us, null p50 %6.1f us p99 %7.1f us%n",
        block,
        decrypt.getValueAtPercentile(MEDIAN) / 1e3,
        decrypt.getValueAtPercentile(TAIL) / 1e3,
        nothing.getValueAtPercentile(MEDIAN) / 1e3,
        nothing.getValueAtPercentile(TAIL) / 1e3);
  }

  @FormatMethod
  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
