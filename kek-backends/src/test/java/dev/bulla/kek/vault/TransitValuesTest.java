// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekVersion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of the wire: versions, ciphertexts, JSON. */
final class TransitValuesTest {
  private static final String BLOB = Base64.getEncoder().encodeToString(new byte[60]);

  @Test
  void version_isFrozen() throws Exception {
    TransitVersion version = new TransitVersion(7, 1_795_452_494);
    KekVersion encoded = version.encoded();
    assertThat(HexFormat.of().formatHex(encoded.value().toByteArray()))
        .isEqualTo("00000007000000006b046e4e");
    assertThat(TransitVersion.of(encoded)).isEqualTo(version);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00000007",
        "00000000000000006b046e4e",
        "80000007000000006b046e4e",
        "00000007ffffffffffffffff",
        "00000007000000006b046e4e00"
      })
  void version_ofOtherBytes_isRejected(String hex) {
    KekVersion version = new KekVersion(Bytes.copyFrom(HexFormat.of().parseHex(hex)));
    assertThatThrownBy(() -> TransitVersion.of(version)).isInstanceOf(KekException.Rejected.class);
  }

  @Test
  void ciphertext_thatParses_isWrittenTheSame() {
    String text = "vault:v12:" + BLOB;
    assertThat(Ciphertext.parse(text).orElseThrow().text()).isEqualTo(text);
    assertThat(Ciphertext.parse(text).orElseThrow().number()).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vault:v1:",
        "vault:v0:%s",
        "vault:v01:%s",
        "vault:v-1:%s",
        "vault:v1:%s\n",
        " vault:v1:%s",
        "vault:v1:AA\nAA",
        "vault:v1:AB==",
        "vault:v1:AA",
        "vault:v1:AA-_",
        "vault:v2147483648:%s",
        "vault:v99999999999:%s",
        "Vault:v1:%s",
        "%s"
      })
  void ciphertext_ofAnyOtherText_isRefused(String text) {
    assertThat(Ciphertext.parse(text.formatted(BLOB))).isEmpty();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "7",
        "{",
        "{}{}",
        "{} x",
        "{\"a\":1,\"a\":1}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "{\"a\":tru}",
        "{'a':1}",
        "{\"a\":99999999999999999999999}",
        "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}"
      })
  void json_thatIsNotOneStrictObject_isRefused(String text) {
    assertThat(Json.parse(ascii(text))).isEmpty();
  }

  @Test
  void json_cutAnywhere_isRefused() {
    byte[] whole = ascii("{\"data\":{\"plaintext\":\"QUJD\",\"n\":[1,true,null]},\"x\":-1.5}");
    assertThat(Json.parse(whole)).isPresent();
    for (int size = 0; size < whole.length; size++) {
      assertThat(Json.parse(Arrays.copyOf(whole, size))).isEmpty();
    }
  }

  @Test
  void json_tellsItsKindsApart() {
    byte[] body = ascii("{\"a\":{\"t\":\"x\",\"n\":7,\"f\":true,\"l\":[\"p\",\"q\"],\"z\":null}}");
    try (Json json = Json.parse(body).orElseThrow()) {
      assertThat(json.text("a", "t")).contains("x");
      assertThat(json.text("a", "n")).isEmpty();
      assertThat(json.number("a", "n")).hasValue(7);
      assertThat(json.number("a", "t")).isEmpty();
      assertThat(json.flag("a", "f")).contains(true);
      assertThat(json.flag("a", "z")).isEmpty();
      assertThat(json.texts("a", "l")).containsExactly("p", "q");
      assertThat(json.hasArray("a", "l")).isTrue();
      assertThat(json.hasArray("a", "t")).isFalse();
      assertThat(json.keys("a")).containsExactly("f", "n", "t");
      assertThat(json.base64("a", "t")).isEmpty();
    }
  }

  @Test
  void json_afterClose_holdsNothing() {
    Json json = Json.parse(ascii("{\"a\":\"QUJD\"}")).orElseThrow();
    assertThat(json.base64("a")).contains(ascii("ABC"));
    json.close();
    assertThat(json.base64("a")).isEmpty();
  }

  @Test
  void quoted_isReadBackTheSame() {
    String text = "a\"b\\c\n\u0001/é";
    String json = "{\"t\":" + VaultRequest.quoted(text) + "}";
    try (Json read = Json.parse(json.getBytes(StandardCharsets.UTF_8)).orElseThrow()) {
      assertThat(read.text("t")).contains(text);
    }
  }
}
