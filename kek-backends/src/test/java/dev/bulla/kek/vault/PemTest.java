// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.KekException;
import dev.bulla.kek.Lp16;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Private keys in the forms that tools write. */
final class PemTest {
  @TempDir private Path folder;

  private Path file(String content) throws Exception {
    return Files.writeString(folder.resolve("key.pem"), content);
  }

  private static PrivateKey ec(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair().getPrivate();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void pkcs8_isRead(String algorithm) throws Exception {
    PrivateKey key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
    String pem = TestCa.block("PRIVATE KEY", key.getEncoded());
    assertThat(Pem.privateKey(file("text before\n" + pem)).getEncoded())
        .isEqualTo(key.getEncoded());
  }

  @Test
  void pkcs1_isRead() throws Exception {
    PrivateKey key = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
    byte[] pkcs8 = key.getEncoded();
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
    assertThat(Pem.privateKey(file(TestCa.block("RSA PRIVATE KEY", pkcs1)))).isEqualTo(key);
  }

  // As Go and openssl write it: version, key, [0] curve.
  @ParameterizedTest
  @CsvSource({
    "secp256r1, 06082a8648ce3d030107",
    "secp384r1, 06052b81040022",
    "secp521r1, 06052b81040023"
  })
  void sec1_isRead(String curve, String oid) throws Exception {
    ECPrivateKey key = (ECPrivateKey) ec(curve);
    byte[] id = HexFormat.of().parseHex(oid);
    int size = (key.getParams().getOrder().bitLength() + 7) / 8;
    byte[] scalar = key.getS().toByteArray();
    byte[] padded = new byte[size];
    int from = Math.max(0, scalar.length - size);
    System.arraycopy(scalar, from, padded, size - scalar.length + from, scalar.length - from);
    byte[] content =
        Lp16.join(
            new byte[] {2, 1, 1, 4, (byte) size},
            padded,
            new byte[] {(byte) 0xa0, (byte) id.length},
            id);
    byte[] der = Lp16.join(new byte[] {0x30, (byte) content.length}, content);
    PrivateKey read = Pem.privateKey(file(TestCa.block("EC PRIVATE KEY", der)));
    assertThat(((ECPrivateKey) read).getS()).isEqualTo(key.getS());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no pem",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----"
      })
  void anythingElse_isRefusedWithoutItsContent(String content) throws Exception {
    assertThatThrownBy(() -> Pem.privateKey(file(content)))
        .isInstanceOf(KekException.Unavailable.class)
        .hasMessageContaining("no readable private key")
        .hasMessageNotContaining("AAAA");
  }

  @Test
  void certificates_ofAFileWithoutOne_areRefused() throws Exception {
    assertThatThrownBy(() -> Pem.certificates(file("nothing")))
        .isInstanceOf(KekException.Unavailable.class)
        .hasMessageContaining("has no certificate in PEM");
  }
}
