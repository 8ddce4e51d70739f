// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import com.google.protobuf.ByteString;
import dev.bulla.client.KmsClient;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.proto.v2.StatusResponse;
import dev.bulla.socket.SocketAddressSpec;
import dev.bulla.time.Ticker;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Status, Encrypt, Decrypt and a tampered Decrypt of random bytes, each timed and judged. */
final class ProbeSteps {
  private static final int SEED_BYTES = 32;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Ticker ticker;
  private final SecureRandom random;
  private final List<Step> steps = new ArrayList<>();

  ProbeSteps(Ticker ticker, SecureRandom random) {
    this.ticker = ticker;
    this.random = random;
  }

  /**
   * What came of one call.
   *
   * @param detail sizes, or why it failed; no secret
   */
  record Step(String name, boolean passed, double millis, String detail) {}

  /** A call's verdict, before it is timed. */
  private record Verdict(boolean passed, String detail) {}

  /** Returns who the plugin sees: this process's uid and pid. */
  static String caller() {
    try {
      return "uid "
          + Files.getAttribute(Path.of("/proc/self"), "unix:uid")
          + ", pid "
          + ProcessHandle.current().pid();
    } catch (IOException _) {
      return "pid " + ProcessHandle.current().pid();
    }
  }

  List<Step> run(SocketAddressSpec address) {
    String socket =
        switch (address) {
          case SocketAddressSpec.File file -> file.path().toString();
          case SocketAddressSpec.Abstract name -> "\0" + name.name();
        };
    try (KmsClient client = KmsClient.connect(socket, KmsClient.DEFAULT_TIMEOUT)) {
      return run(client);
    }
  }

  List<Step> run(KmsClient client) {
    byte[] seed = new byte[SEED_BYTES];
    random.nextBytes(seed);
    Optional<StatusResponse> status = timed("Status", client::status, ProbeSteps::judge);
    if (status.isPresent()) {
      timed("Encrypt", () -> client.encrypt(seed), s -> judge(s, status.get().getKeyId()))
          .ifPresent(response -> decrypts(client, response, seed));
    }
    return List.copyOf(steps);
  }

  private void decrypts(KmsClient client, EncryptResponse response, byte[] seed) {
    var _ = timed("Decrypt", () -> client.decrypt(response).getPlaintext(), p -> judge(p, seed));
    var _ = timed("Decrypt, tampered", () -> tampered(client, response), verdict -> verdict);
  }

  private <T> Optional<T> timed(String name, Supplier<T> call, Function<T, Verdict> judge) {
    long before = ticker.nanos();
    try {
      T answer = call.get();
      add(name, before, judge.apply(answer));
      return Optional.of(answer);
    } catch (StatusRuntimeException e) {
      add(name, before, new Verdict(false, text(e.getStatus())));
      return Optional.empty();
    }
  }

  private void add(String name, long beforeNanos, Verdict verdict) {
    double millis = (ticker.nanos() - beforeNanos) / NANOS_PER_MILLI;
    steps.add(new Step(name, verdict.passed(), millis, verdict.detail()));
  }

  private static Verdict judge(StatusResponse status) {
    boolean well =
        status.getHealthz().equals("ok")
            && status.getVersion().equals("v2")
            && !status.getKeyId().isEmpty();
    return new Verdict(
        well,
        "version "
            + safe(status.getVersion())
            + ", healthz "
            + safe(status.getHealthz())
            + ", key_id "
            + safe(status.getKeyId()));
  }

  private static Verdict judge(EncryptResponse response, String announced) {
    int annotations =
        response.getAnnotationsList().stream()
            .mapToInt(entry -> entry.getKey().length() + entry.getValue().size())
            .sum();
    boolean same = response.getKeyId().equals(announced);
    return new Verdict(
        same && !response.getCiphertext().isEmpty(),
        "ciphertext %d B, key_id %d B, annotations %d B%s"
            .formatted(
                response.getCiphertext().size(),
                response.getKeyId().length(),
                annotations,
                same ? "" : "; its key_id is not the one of Status"));
  }

  private static Verdict judge(ByteString opened, byte[] seed) {
    boolean same = opened.equals(ByteString.copyFrom(seed));
    return new Verdict(
        same, same ? "the same " + SEED_BYTES + " B came back" : "OTHER BYTES CAME BACK");
  }

  private static Verdict tampered(KmsClient client, EncryptResponse response) {
    byte[] bytes = response.getCiphertext().toByteArray();
    bytes[bytes.length - 1] ^= 1;
    try {
      var _ =
          client.decrypt(response.toBuilder().setCiphertext(ByteString.copyFrom(bytes)).build());
      return new Verdict(false, "an altered ciphertext was opened");
    } catch (StatusRuntimeException e) {
      return new Verdict(
          e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED,
          "refused: " + text(e.getStatus()));
    }
  }

  private static String text(Status status) {
    String description = status.getDescription();
    return status.getCode() + (description == null ? "" : " (" + safe(description) + ")");
  }

  private static String safe(String text) {
    String cut = text.length() > 200 ? text.substring(0, 200) + "…" : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
