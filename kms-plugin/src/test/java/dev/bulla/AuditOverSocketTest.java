// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves in the audit trail, and what {@code bulla audit verify} says of it. */
@Timeout(120)
final class AuditOverSocketTest {
  private static final byte[] SEED =
      "a seed of thirty-two characters!".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path folder;
  private Path trail;
  private Path key;

  @BeforeEach
  void makeKey() throws Exception {
    trail = folder.resolve("audit.log");
    key = folder.resolve("kek");
    LocalKek.createKeyFile(key, new SecureRandom());
  }

  private RunningPlugin start() throws Exception {
    return RunningPlugin.start(
        "local: { keyFile: " + key + " }", "audit: { path: " + trail + " }", folder);
  }

  private List<JsonObject> lines() throws IOException {
    return Files.readAllLines(trail).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private Set<String> events() throws IOException {
    return lines().stream()
        .map(line -> line.get("event").getAsString())
        .collect(Collectors.toSet());
  }

  private static EncryptResponse altered(EncryptResponse sealed) {
    byte[] bytes = sealed.getCiphertext().toByteArray();
    bytes[bytes.length - 1] ^= 1;
    return sealed.toBuilder().setCiphertext(ByteString.copyFrom(bytes)).build();
  }

  private String verify(ExitCode expected) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    LogOutput log =
        new LogOutput(
            OutputStream.nullOutputStream(), false, Ticker.system(), Duration.ofSeconds(20));
    assertThat(
            new Main(print, print, log, NoHardening::apply)
                .run("audit", "verify", trail.toString()))
        .isEqualTo(expected);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void run_leavesItsKeysAndChanges_andNoSecret() throws Exception {
    EncryptResponse sealed;
    try (RunningPlugin plugin = start()) {
      sealed = plugin.client().encrypt(SEED);
    }
    assertThat(events())
        .contains("opened", "wrap", "unwrap", "kek_state", "dek_adopted", "serving", "closed");
    try (RunningPlugin plugin = start()) {
      plugin.whenReady(client -> client.decrypt(sealed));
    }
    JsonObject unwrapped =
        lines().stream()
            .filter(line -> line.get("event").getAsString().equals("dek_unwrapped"))
            .findFirst()
            .orElseThrow();
    assertThat(unwrapped.get("outcome").getAsString()).isEqualTo("unwrapped");
    assertThat(unwrapped.get("dek").getAsString())
        .isEqualTo(
            lines().stream()
                .filter(line -> line.get("event").getAsString().equals("dek_adopted"))
                .findFirst()
                .orElseThrow()
                .get("dek")
                .getAsString())
        .matches("[0-9a-f]{16}");
    assertNoSecret(sealed);
    assertThat(verify(ExitCode.OK)).contains("good: no line was removed");
    String whole = Files.readString(trail);
    Files.writeString(trail, whole.replaceFirst("\"kek\":\"primary\"", "\"kek\":\"other\""));
    assertThat(verify(ExitCode.CHECK_FAILED)).contains("was changed", "NOT good");
  }

  private void assertNoSecret(EncryptResponse sealed) throws IOException {
    String text = Files.readString(trail);
    for (byte[] secret :
        List.of(
            SEED,
            Files.readAllBytes(key),
            sealed.getCiphertext().toByteArray(),
            Sealed.annotation(sealed).toByteArray())) {
      assertThat(text)
          .doesNotContain(
              new String(secret, StandardCharsets.ISO_8859_1),
              HexFormat.of().formatHex(secret),
              Base64.getEncoder().encodeToString(secret),
              Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }
    assertThat(text).doesNotContain(sealed.getKeyId());
  }

  @Test
  void refusals_ofThisProcessItself_leaveNoLine() throws Exception {
    try (RunningPlugin plugin = start()) {
      EncryptResponse sealed = plugin.client().encrypt(SEED);
      assertThatThrownBy(() -> plugin.client().decrypt(altered(sealed)))
          .hasMessageContaining("altered");
    }
    assertThat(events()).doesNotContain("refusal");
  }
}
