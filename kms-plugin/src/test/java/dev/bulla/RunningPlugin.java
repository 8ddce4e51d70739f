// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.client.KmsClient;
import dev.bulla.config.Configuration;
import dev.bulla.config.ConfigurationReader;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import dev.bulla.kek.vault.fake.FakeTransit;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The whole plugin in this process, from the file that an operator writes. */
final class RunningPlugin implements AutoCloseable {
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final Bulla bulla;
  private final Path socket;
  private final KmsClient client;

  private RunningPlugin(Bulla bulla, Path socket, KmsClient client) {
    this.bulla = bulla;
    this.socket = socket;
    this.client = client;
  }

  /** Starts it on a key of the fake AWS and waits until Status says ok. */
  static RunningPlugin start(FakeAwsKms fake, String arn, Path folder) throws Exception {
    return start(fake, arn, "", folder);
  }

  /** Starts it so with {@code more} lines in its file. */
  static RunningPlugin start(FakeAwsKms fake, String arn, String more, Path folder)
      throws Exception {
    Path credentials = folder.resolve("credentials");
    Files.writeString(
        credentials,
        "[bulla]\naws_access_key_id = %s\naws_secret_access_key = %s\n"
            .formatted(FakeAwsKms.ACCESS_KEY, FakeAwsKms.SECRET));
    return start(
        "aws: { keyArn: \"%s\", endpoint: \"%s\", allowPlainHttp: true, credentials: { profile: { name: bulla, file: %s } } }"
            .formatted(arn, fake.endpoint(), credentials),
        more,
        folder);
  }

  /** Returns the block of a KEK that is the key {@code prod} of that transit, with an AppRole. */
  static String kek(FakeTransit fake, Path folder) throws IOException {
    Path role = Files.writeString(folder.resolve("role-id"), FakeTransit.ROLE_ID);
    Path secret = Files.writeString(folder.resolve("secret-id"), FakeTransit.SECRET_ID);
    return "vault: { address: \"%s\", allowPlainHttp: true, mount: transit, key: prod, auth: { appRole: { roleIdFile: %s, secretIdFile: %s } } }"
        .formatted(fake.address(), role, secret);
  }

  /** Starts it on the KEK of that block and waits until Status says ok. */
  static RunningPlugin start(String kek, Path folder) throws Exception {
    return start(kek, "", folder);
  }

  /** Starts it with {@code more} lines in its file. */
  static RunningPlugin start(String kek, String more, Path folder) throws Exception {
    Path socket = folder.resolve(NEXT.incrementAndGet() + ".sock");
    Bulla bulla =
        Bulla.start(configuration(kek, more, socket), new EventLog(), NoHardening.apply());
    bulla.publish();
    KmsClient client = KmsClient.connect(socket.toString(), Duration.ofSeconds(10));
    RunningPlugin plugin = new RunningPlugin(bulla, socket, client);
    plugin.awaitOk();
    return plugin;
  }

  static Configuration configuration(String kek, String more, Path socket) {
    String yaml =
        """
        scope: prod-eu1
        socket: { path: %s }
        keks:
          - { name: primary, role: write, %s }
        %s
        """
            .formatted(socket, kek, more);
    return switch (ConfigurationReader.read(yaml.getBytes(StandardCharsets.UTF_8))) {
      case ConfigurationReader.Result.Good good -> good.configuration();
      case ConfigurationReader.Result.Bad bad ->
          throw new IllegalArgumentException(bad.problems().toString());
    };
  }

  private void awaitOk() {
    String health = whenReady(each -> each.status().getHealthz());
    if (!health.equals("ok")) {
      throw new AssertionError(health);
    }
  }

  /** Makes a call again until it is answered: a DEK may have to be made first. */
  <T> T whenReady(Function<KmsClient, T> call) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        return call.apply(client);
      } catch (StatusRuntimeException _) {
        Thread.onSpinWait();
      }
    }
    throw new AssertionError("it did not become ok");
  }

  Path socket() {
    return socket;
  }

  KmsClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
    bulla.close();
  }
}
