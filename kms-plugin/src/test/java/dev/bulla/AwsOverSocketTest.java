// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.kek.aws.fake.AwsFault;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import dev.bulla.proto.v2.Annotation;
import dev.bulla.proto.v2.EncryptResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What AWS costs, and what of it callers and logs get to see, over the real socket. */
final class AwsOverSocketTest {
  private static final int ANNOTATION_CREATED_AT = 3;

  /** What no caller and no log may see. */
  private static final String[] NAMES = {
    "arn:", "111122223333", "127.0.0.1", FakeAwsKms.ACCESS_KEY, "a message"
  };

  private final FakeAwsKms fake;
  private final String arn;
  private final LogRecords logged = LogRecords.listen();
  @TempDir private Path folder;

  AwsOverSocketTest() throws IOException {
    fake = FakeAwsKms.start();
    arn = fake.createKey();
  }

  @AfterEach
  void stop() {
    logged.close();
    fake.close();
  }

  /** Returns the envelope with a record that was never seen: it costs a call to the KEK. */
  private static EncryptResponse unseen(EncryptResponse envelope, int number) {
    byte[] annotation = Sealed.annotation(envelope).toByteArray();
    ByteBuffer.wrap(annotation).putInt(ANNOTATION_CREATED_AT, number);
    return Sealed.with(annotation, envelope);
  }

  @Test
  void envelope_withABlobOfRealSize_fitsItsBudget() throws Exception {
    try (RunningPlugin plugin = RunningPlugin.start(fake, arn, folder)) {
      EncryptResponse envelope = plugin.client().encrypt(new byte[32]);
      Annotation annotation = envelope.getAnnotations(0);
      int all =
          envelope.getCiphertext().size()
              + envelope.getKeyId().length()
              + annotation.getKey().length()
              + annotation.getValue().size();
      assertThat(annotation.getValue().size()).isGreaterThan(184);
      assertThat(all).isEqualTo(354);
    }
  }

  @Test
  void start_costsFiveCalls() throws Exception {
    try (RunningPlugin plugin = RunningPlugin.start(fake, arn, folder)) {
      assertThat(plugin.client().status().getHealthz()).isEqualTo("ok");
      assertThat(fake.calls())
          .extracting(FakeAwsKms.Call::action)
          .containsExactly(
              "kms:DescribeKey",
              "kms:ListKeyRotations",
              "kms:Encrypt",
              "kms:Decrypt",
              "kms:Decrypt");
    }
  }

  @Test
  void failureAtTheStart_isLoggedWithThePermissionAndWithoutNames() throws Exception {
    fake.failNext(1, new AwsFault.Answer("AccessDeniedException", 400));
    RunningPlugin.start(fake, arn, folder).close();
    assertThat(logged.lines()).anyMatch(line -> line.contains("kms:DescribeKey is not permitted"));
    assertThat(String.join("\n", logged.lines())).doesNotContain(NAMES);
  }

  @Test
  void warmPlugin_makesNoCallHoweverOftenItIsAsked() throws Exception {
    try (RunningPlugin plugin = RunningPlugin.start(fake, arn, folder)) {
      EncryptResponse envelope = plugin.client().encrypt(new byte[32]);
      fake.clearCalls();
      for (int i = 0; i < 6_000; i++) {
        assertThat(plugin.client().status().getHealthz()).isEqualTo("ok");
      }
      for (int i = 0; i < 500; i++) {
        assertThat(plugin.client().decrypt(envelope).getPlaintext().size()).isEqualTo(32);
      }
      assertThat(fake.calls()).isEmpty();
    }
  }

  @Test
  void thousandSeedsOfTenDeks_costTenUnwraps() throws Exception {
    List<EncryptResponse> seeds = new ArrayList<>();
    for (int dek = 0; dek < 10; dek++) {
      try (RunningPlugin plugin = RunningPlugin.start(fake, arn, folder)) {
        for (int seed = 0; seed < 100; seed++) {
          seeds.add(plugin.client().encrypt(new byte[32]));
        }
      }
    }
    fake.latency(Duration.ofMillis(20));
    fake.rateLimit(50);
    try (RunningPlugin cold = RunningPlugin.start(fake, arn, folder);
        ExecutorService callers = Executors.newFixedThreadPool(64)) {
      fake.clearCalls();
      List<Callable<Integer>> calls = new ArrayList<>();
      seeds.forEach(s -> calls.add(() -> cold.client().decrypt(s).getPlaintext().size()));
      for (Future<Integer> size : callers.invokeAll(calls)) {
        assertThat(size.get()).isEqualTo(32);
      }
    }
    assertThat(fake.count("kms:Decrypt")).isEqualTo(10);
    assertThat(fake.calls()).hasSize(10);
  }

  @Test
  void garbage_isRefusedAndTheKekStaysWell() throws Exception {
    try (RunningPlugin plugin = RunningPlugin.start(fake, arn, folder)) {
      EncryptResponse envelope = plugin.client().encrypt(new byte[32]);
      fake.clearCalls();
      for (int i = 0; i < 300; i++) {
        byte[] annotation = Sealed.annotation(envelope).toByteArray();
        annotation[annotation.length - 1 - (i % 100)] ^= (byte) (1 + i / 100);
        EncryptResponse garbage = Sealed.with(annotation, envelope);
        StatusRuntimeException refused =
            catchThrowableOfType(
                StatusRuntimeException.class, () -> plugin.client().decrypt(garbage));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      }
      assertThat(fake.calls()).hasSizeLessThanOrEqualTo(300);
      assertThat(plugin.client().status().getHealthz()).isEqualTo("ok");
      assertThat(plugin.client().encrypt(new byte[1]).getKeyId()).isEqualTo(envelope.getKeyId());
    }
  }

  @Test
  void errorsOfAws_haveTheirStatusAndReachNoCallerAndNoLog() throws Exception {
    try (RunningPlugin plugin = RunningPlugin.start(fake, arn, folder)) {
      EncryptResponse envelope = plugin.client().encrypt(new byte[32]);
      int number = 0;
      for (String line : errors()) {
        String[] cells = line.split(",", -1);
        fake.fail(new AwsFault.Answer(cells[0], Integer.parseInt(cells[1])));
        EncryptResponse unseen = unseen(envelope, ++number);
        StatusRuntimeException failure =
            catchThrowableOfType(
                StatusRuntimeException.class, () -> plugin.client().decrypt(unseen));
        assertThat(failure.getStatus().getCode()).as(line).isEqualTo(expected(cells[2]));
        assertThat(failure.getMessage()).hasSizeLessThan(100);
        assertThat(failure.getMessage()).doesNotContain(NAMES);
        assertThat(plugin.client().status().getHealthz()).isEqualTo("ok");
        // Confirmed again by an unwrap, so that the next code is not answered from memory.
        fake.fail(new AwsFault.None());
        EncryptResponse confirming = unseen(envelope, ++number);
        var _ =
            catchThrowableOfType(
                StatusRuntimeException.class, () -> plugin.client().decrypt(confirming));
      }
      assertThat(number).isGreaterThan(60);
    }
    assertThat(String.join("\n", logged.lines())).doesNotContain(NAMES);
  }

  /** With it the operator finds the refusal in CloudTrail; no caller is told. */
  @Test
  void refusedRequest_isNamedInLogAndAudit() throws Exception {
    Path trail = folder.resolve("audit.log");
    try (RunningPlugin plugin =
        RunningPlugin.start(fake, arn, "audit: { path: " + trail + " }", folder)) {
      EncryptResponse envelope = plugin.client().encrypt(new byte[32]);
      fake.fail(new AwsFault.Answer("DisabledException", 400));
      StatusRuntimeException refused =
          catchThrowableOfType(
              StatusRuntimeException.class, () -> plugin.client().decrypt(unseen(envelope, 1)));
      assertThat(refused).hasMessageNotContaining("request");
    }
    assertThat(logged.lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .containsPattern("\"kek_state\".*\"kek_request\":\"[0-9a-f-]{36}\""));
    assertThat(Files.readAllLines(trail))
        .anySatisfy(
            line ->
                assertThat(line).containsPattern("\"unwrap\".*\"kek_request\":\"[0-9a-f-]{36}\""));
  }

  private static List<String> errors() throws Exception {
    URL table =
        Objects.requireNonNull(AwsOverSocketTest.class.getResource("/aws-errors.csv"), "table");
    try (InputStream in = table.openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().skip(1).toList();
    }
  }

  private static Status.Code expected(String kind) {
    return switch (kind) {
      case "Rejected" -> Status.Code.INVALID_ARGUMENT;
      case "Revoked" -> Status.Code.FAILED_PRECONDITION;
      default -> Status.Code.UNAVAILABLE;
    };
  }
}
