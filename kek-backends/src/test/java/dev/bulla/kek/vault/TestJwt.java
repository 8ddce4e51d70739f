// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;

/** An issuer of JWTs. */
final class TestJwt {
  private final KeyPair keys;

  TestJwt() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    keys = generator.generateKeyPair();
  }

  /** Returns the key that proves its tokens, as a line of JSON. */
  String publicKeyInJson() {
    return TestCa.block("PUBLIC KEY", keys.getPublic().getEncoded()).replace("\n", "\\n");
  }

  /** Returns a token with these claims, which is good for five minutes. */
  String token(String claims) throws GeneralSecurityException {
    long now = System.currentTimeMillis() / 1000;
    String times = "\"iat\":%d,\"nbf\":%d,\"exp\":%d".formatted(now, now - 5, now + 300);
    String signed =
        encoded("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + encoded("{" + times + claims + "}");
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(keys.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + encoded(signature.sign());
  }

  private static String encoded(String text) {
    return encoded(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
