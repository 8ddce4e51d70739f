// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws.fake;

import com.sun.net.httpserver.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Verifies a Signature Version 4, as AWS documents it. */
public final class Signature {
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)/(\\d{8})/([a-z0-9-]+)/([a-z0-9]+)/aws4_request,"
              + " SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final Duration SKEW = Duration.ofMinutes(5);

  private Signature() {}

  /** Who signed, for which Region. */
  public record Signer(String accessKeyId, String region) {}

  /** Returns who signed; {@code secrets} gives the secret of an access key, or null. */
  public static Signer verify(
      URI uri,
      Headers headers,
      byte[] body,
      String service,
      Function<String, @Nullable String> secrets)
      throws AwsError {
    Matcher m = AUTHORIZATION.matcher(first(headers, "Authorization"));
    if (!m.matches()) {
      throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    String date = first(headers, "X-Amz-Date");
    Instant signedAt = TIME.parse(date, Instant::from);
    if (Duration.between(signedAt, Instant.now()).abs().compareTo(SKEW) > 0) {
      throw new AwsError("InvalidSignatureException", "Signature expired: " + date);
    }
    String secret = secrets.apply(m.group(1));
    if (secret == null) {
      throw new AwsError("UnrecognizedClientException", "The security token is invalid.");
    }
    List<String> signed = Arrays.asList(m.group(5).split(";", -1));
    boolean complete = signed.containsAll(List.of("host", "x-amz-date"));
    String scope = m.group(2) + "/" + m.group(3) + "/" + service + "/aws4_request";
    String text = text(date, scope, canonical(uri, headers, body, signed));
    if (!complete
        || !service.equals(m.group(4))
        || !sign(secret, m, service, text).equals(m.group(6))) {
      throw new AwsError("InvalidSignatureException", "The request signature does not match.");
    }
    return new Signer(m.group(1), m.group(3));
  }

  private static String first(Headers headers, String name) {
    String value = headers.getFirst(name);
    return value == null ? "" : value;
  }

  private static String canonical(URI uri, Headers headers, byte[] body, List<String> signed) {
    String lines =
        signed.stream()
            .map(name -> name + ":" + first(headers, name).trim() + "\n")
            .collect(Collectors.joining());
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    return String.join(
        "\n", "POST", uri.getRawPath(), query, lines, String.join(";", signed), sha256(body));
  }

  private static String text(String date, String scope, String canonical) {
    String hash = sha256(canonical.getBytes(StandardCharsets.UTF_8));
    return String.join("\n", "AWS4-HMAC-SHA256", date, scope, hash);
  }

  private static String sign(String secret, Matcher m, String service, String text) {
    byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
    for (String part : List.of(m.group(2), m.group(3), service, "aws4_request", text)) {
      key = hmac(key, part);
    }
    return HexFormat.of().formatHex(key).toLowerCase(Locale.ROOT);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
