// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.Aead;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.bulla.kek.Hkdf;
import dev.bulla.kek.Lp16;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * The vectors of Project Wycheproof through the code that seals: Tink's AES-GCM and HKDF-Expand.
 */
final class WycheproofTest {
  @Test
  void aesGcm_opensWhatIsValidAndNothingElse() throws Exception {
    int valid = 0;
    int invalid = 0;
    for (JsonObject vector : vectors("aes-256-gcm.json")) {
      Aead aead = KeyDerivation.aesGcm(bytes(vector, "key"));
      byte[] sealed = Lp16.join(bytes(vector, "iv"), bytes(vector, "ct"), bytes(vector, "tag"));
      if (text(vector, "result").equals("valid")) {
        valid++;
        assertThat(aead.decrypt(sealed, bytes(vector, "aad"))).isEqualTo(bytes(vector, "msg"));
      } else {
        invalid++;
        assertThatThrownBy(() -> aead.decrypt(sealed, bytes(vector, "aad")))
            .isInstanceOf(GeneralSecurityException.class);
      }
    }
    assertThat(valid).isGreaterThan(20);
    assertThat(invalid).isGreaterThan(10);
  }

  @Test
  void hkdf_expandsAsTheVectorsDo() throws Exception {
    int valid = 0;
    for (JsonObject vector : vectors("hkdf-sha256.json")) {
      byte[] key = extract(bytes(vector, "salt"), bytes(vector, "ikm"));
      int size = vector.get("size").getAsInt();
      if (text(vector, "result").equals("valid")) {
        valid++;
        assertThat(Hkdf.expand(key, bytes(vector, "info"), size)).isEqualTo(bytes(vector, "okm"));
      } else {
        assertThat(size).isGreaterThan(Hkdf.MAX_BYTES);
        assertThatThrownBy(() -> Hkdf.expand(key, bytes(vector, "info"), size))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
    assertThat(valid).isGreaterThan(50);
  }

  // RFC 5869, section 2.2: production keys are uniform and need no extract; the vectors begin with
  // it.
  private static byte[] extract(byte[] salt, byte[] ikm) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(salt.length == 0 ? new byte[32] : salt, "HmacSHA256"));
    return mac.doFinal(ikm);
  }

  private static List<JsonObject> vectors(String name) throws IOException {
    try (InputStreamReader in =
        new InputStreamReader(
            Objects.requireNonNull(WycheproofTest.class.getResourceAsStream("/wycheproof/" + name)),
            StandardCharsets.UTF_8)) {
      return JsonParser.parseReader(in).getAsJsonObject().getAsJsonArray("tests").asList().stream()
          .map(JsonElement::getAsJsonObject)
          .toList();
    }
  }

  private static byte[] bytes(JsonObject vector, String field) {
    return HexFormat.of().parseHex(text(vector, field));
  }

  private static String text(JsonObject vector, String field) {
    return vector.get(field).getAsString();
  }
}
