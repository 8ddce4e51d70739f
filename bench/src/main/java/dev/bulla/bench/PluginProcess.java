// SPDX-License-Identifier: Apache-2.0
package dev.bulla.bench;

import com.google.protobuf.ByteString;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.EncryptRequest;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.proto.v2.KeyManagementServiceGrpc;
import dev.bulla.proto.v2.StatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/** {@code bulla serve} as a process of its own, and a channel to it. */
final class PluginProcess implements AutoCloseable {
  private final Process process;
  private final ManagedChannel channel;

  private PluginProcess(Process process, ManagedChannel channel) {
    this.process = process;
    this.channel = channel;
  }

  /** Starts one in {@code folder}, with {@code more} lines in its configuration. */
  static PluginProcess start(Path folder, String more, EventLoopGroup loop) throws IOException {
    Files.createDirectory(folder);
    Path key = folder.resolve("k");
    Path socket = folder.resolve("s");
    LocalKek.createKeyFile(key, new SecureRandom());
    Path file =
        Files.writeString(
            folder.resolve("bulla.yaml"),
            """
            scope: bench
            socket: { path: %s, mode: "0600", allowedUids: [%s] }
            keks:
              - { name: bench, role: write, local: { keyFile: %s } }
            %s
            """
                .formatted(socket, Files.getAttribute(folder, "unix:uid"), key, more));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms16m",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.bulla.Main",
                "serve",
                "--config",
                file.toString())
            .redirectError(folder.resolve("log").toFile())
            .start();
    return new PluginProcess(process, channel(socket, loop));
  }

  private static ManagedChannel channel(Path socket, EventLoopGroup loop) {
    return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
        .channelType(EpollDomainSocketChannel.class)
        .withOption(ChannelOption.SO_KEEPALIVE, null)
        .eventLoopGroup(loop)
        .usePlaintext()
        .overrideAuthority("localhost")
        .directExecutor()
        .build();
  }

  /** Waits until Status says ok, and returns a Decrypt of a seed that it sealed. */
  DecryptRequest awaitWarm() {
    var stub = KeyManagementServiceGrpc.newBlockingStub(channel);
    while (true) {
      try {
        var _ = stub.status(StatusRequest.getDefaultInstance());
        EncryptResponse sealed =
            stub.encrypt(
                EncryptRequest.newBuilder()
                    .setPlaintext(ByteString.copyFrom(new byte[32]))
                    .build());
        return DecryptRequest.newBuilder()
            .setCiphertext(sealed.getCiphertext())
            .setKeyId(sealed.getKeyId())
            .addAllAnnotations(sealed.getAnnotationsList())
            .setUid("0b7e7b0a-5a5f-4a51-b8c0-4b0f3cf7d9b1")
            .build();
      } catch (StatusRuntimeException _) {
        channel.resetConnectBackoff();
        Thread.onSpinWait();
      }
    }
  }

  KeyManagementServiceGrpc.KeyManagementServiceStub stub() {
    return KeyManagementServiceGrpc.newStub(channel);
  }

  /** Returns the processor time that it has used so far, in clock ticks of 10 ms. */
  long cpuTicks() throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    return Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
  }

  @Override
  public void close() {
    channel.shutdownNow();
    process.destroy();
    process.onExit().join();
  }
}
