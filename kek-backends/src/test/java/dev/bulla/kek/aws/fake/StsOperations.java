// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws.fake;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** AssumeRole and AssumeRoleWithWebIdentity. Thread-safe. */
final class StsOperations {
  private static final SecureRandom RANDOM = new SecureRandom();

  final List<Map<String, String>> calls = new CopyOnWriteArrayList<>();
  volatile Duration sessionLife = Duration.ofHours(1);
  volatile String refusal = "";

  /** New credentials of a session. */
  record Session(String accessKeyId, String secret, String xml) {}

  static Map<String, String> form(String body) {
    Map<String, String> form = new TreeMap<>();
    for (String pair : body.split("&", -1)) {
      String[] sides = pair.split("=", 2);
      if (sides.length == 2) {
        form.put(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
      }
    }
    return form;
  }

  Session answer(Map<String, String> form) throws AwsError {
    calls.add(form);
    if (!refusal.isEmpty()) {
      throw new AwsError(refusal, 403, "not for you");
    }
    String action = form.getOrDefault("Action", "");
    if (!form.containsKey("RoleArn") || !form.containsKey("RoleSessionName")) {
      throw new AwsError("ValidationError", "RoleArn and RoleSessionName are required");
    }
    String accessKeyId = "ASIA" + hex(8).toUpperCase(Locale.ROOT);
    String secret = hex(20);
    return new Session(accessKeyId, secret, xml(action, credentials(accessKeyId, secret)));
  }

  private String credentials(String accessKeyId, String secret) {
    return "<Credentials><AccessKeyId>"
        + accessKeyId
        + "</AccessKeyId><SecretAccessKey>"
        + secret
        + "</SecretAccessKey><SessionToken>"
        + hex(32)
        + "</SessionToken><Expiration>"
        + Instant.now().plus(sessionLife)
        + "</Expiration></Credentials>";
  }

  private static String xml(String action, String credentials) {
    return "<"
        + action
        + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><"
        + action
        + "Result>"
        + credentials
        + "<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/bulla/bulla</Arn>"
        + "<AssumedRoleId>AROA:bulla</AssumedRoleId></AssumedRoleUser></"
        + action
        + "Result></"
        + action
        + "Response>";
  }

  static String hex(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
