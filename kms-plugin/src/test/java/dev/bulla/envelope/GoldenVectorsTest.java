// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.util.Bytes;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.time.Ticker;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The format as it was first released: {@code vectors/v1.json} is never made anew, and opens for
 * ever.
 */
final class GoldenVectorsTest {
  @TempDir private Path folder;

  @Test
  void vectors_open() throws Exception {
    JsonObject vectors = vectors();
    String scope = vectors.get("scope").getAsString();
    List<JsonElement> envelopes = vectors.getAsJsonArray("envelopes").asList();
    assertThat(envelopes).hasSizeGreaterThan(3);
    try (LocalKek kek = LocalKek.open(keyFile(vectors), scope);
        ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor()) {
      Envelopes reader = reader(kek, scope, blocking);
      for (JsonElement element : envelopes) {
        assertOpens(reader, element.getAsJsonObject());
      }
    }
  }

  private static Envelopes reader(LocalKek kek, String scope, ExecutorService blocking) {
    ConfiguredKek golden = new ConfiguredKek("golden", KekRole.WRITE, kek);
    return EnvelopeParts.of(
            new EnvelopeSettings(scope, 1, golden, DekLimits.DEFAULT),
            EnvelopeRuntime.Surroundings.plain(new SecureRandom()),
            new NoEvents(),
            blocking,
            Executors.newScheduledThreadPool(0))
        .envelopes();
  }

  private static void assertOpens(Envelopes reader, JsonObject vector) throws Exception {
    byte[] annotation = bytes(vector, "annotationHex");
    byte[] opened =
        reader
            .open(
                bytes(vector, "ciphertextHex"),
                vector.get("keyId").getAsString(),
                annotation,
                new TokenBucket(Ticker.system()),
                Envelopes.MAX_WAIT)
            .get();
    assertThat(Bytes.copyFrom(opened)).isEqualTo(Bytes.copyFrom(bytes(vector, "plaintextHex")));
    assertThat(vector.get("annotationName").getAsString()).isEqualTo("dek.bulla.dev");
    assertThat(DekRecord.parse(annotation).orElseThrow().encode()).isEqualTo(annotation);
  }

  private Path keyFile(JsonObject vectors) throws Exception {
    String keys =
        vectors.getAsJsonObject("kek").getAsJsonArray("keysBase64").asList().stream()
            .map(JsonElement::getAsString)
            .collect(Collectors.joining("\n"));
    Path file = Files.writeString(folder.resolve("kek"), keys);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static JsonObject vectors() throws Exception {
    try (InputStreamReader in =
        new InputStreamReader(
            Objects.requireNonNull(GoldenVectorsTest.class.getResourceAsStream("/vectors/v1.json")),
            StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(in).getAsJsonObject();
    }
  }

  private static byte[] bytes(JsonObject vector, String field) {
    return HexFormat.of().parseHex(vector.get(field).getAsString());
  }
}
