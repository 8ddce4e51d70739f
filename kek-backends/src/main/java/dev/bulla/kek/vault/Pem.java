// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.kek.Lp16;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and private keys in PEM, one file or two. Keys come as PKCS#8, or as the older forms
 * that Kubernetes writes: those are put into PKCS#8, which is what the runtime reads.
 */
final class Pem {
  private static final int MOST_BYTES = 256 * 1024;
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ((?:EC |RSA )?PRIVATE KEY)-----([^-]+)-----END \\1-----");
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
  private static final byte[] VERSION_0 = {2, 1, 0};
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;

  private Pem() {}

  /**
   * Returns the certificates of a file, at least one.
   *
   * @throws KekException.Unavailable if it cannot be read or has none
   */
  static List<Certificate> certificates(Path file) throws KekException.Unavailable {
    try {
      String blocks = String.join("\n", blocks(file));
      var in = new ByteArrayInputStream(blocks.getBytes(StandardCharsets.US_ASCII));
      var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (!found.isEmpty()) {
        return List.copyOf(found);
      }
      throw new KekException.Unavailable(file + " has no certificate in PEM");
    } catch (IOException | GeneralSecurityException _) {
      throw new KekException.Unavailable(
          file + " cannot be read as certificates in PEM; is it there, and readable by Bulla?");
    }
  }

  private static List<String> blocks(Path file) throws IOException {
    return CERTIFICATE.matcher(text(file)).results().map(r -> r.group()).toList();
  }

  private static String text(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MOST_BYTES), StandardCharsets.US_ASCII);
    }
  }

  /**
   * Returns the private key of a file.
   *
   * @throws KekException.Unavailable if it cannot be read or has none without a password
   */
  static PrivateKey privateKey(Path file) throws KekException.Unavailable {
    byte[] pkcs8 = {};
    try {
      Matcher m = KEY.matcher(text(file));
      if (m.find()) {
        byte[] der = Base64.getMimeDecoder().decode(m.group(2));
        pkcs8 = pkcs8(m.group(1), der);
        return privateKey(pkcs8);
      }
    } catch (IOException
        | GeneralSecurityException
        | IllegalArgumentException
        | IndexOutOfBoundsException _) {
      // Said below, without what the file holds.
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
    throw new KekException.Unavailable(
        file + " has no readable private key in PEM (EC, RSA or Ed25519, without a password)");
  }

  private static PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
    GeneralSecurityException last = new GeneralSecurityException("no algorithm");
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw last;
  }

  private static byte[] pkcs8(String kind, byte[] der) {
    return switch (kind) {
      case "RSA PRIVATE KEY" -> field(SEQUENCE, Lp16.join(VERSION_0, RSA, field(OCTETS, der)));
      case "EC PRIVATE KEY" ->
          field(
              SEQUENCE,
              Lp16.join(VERSION_0, field(SEQUENCE, Lp16.join(EC, curve(der))), field(OCTETS, der)));
      default -> der;
    };
  }

  // ECPrivateKey ::= SEQUENCE { 1, OCTET STRING, [0] OID of the curve, … }: RFC 5915.
  private static byte[] curve(byte[] der) {
    int key = 5;
    int at = (der[1] & 0x80) == 0 ? key : key + (der[1] & 0x7f);
    int oid = at + 2 + der[at + 1] + 2;
    return Arrays.copyOfRange(der, oid, oid + 2 + der[oid + 1]);
  }

  private static byte[] field(int tag, byte[] content) {
    int n = content.length;
    byte[] head =
        n < 0x80
            ? new byte[] {(byte) tag, (byte) n}
            : new byte[] {(byte) tag, (byte) 0x82, (byte) (n >>> 8), (byte) n};
    return Lp16.join(head, content);
  }
}
