// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws.fake;

import com.sun.net.httpserver.HttpExchange;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The instance metadata service, version 2 only. */
final class MetadataOperations {
  private static final String TOKEN = "a-session-token";
  private static final String ROLE = "bulla-node";

  private MetadataOperations() {}

  static boolean serves(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().startsWith("/latest/");
  }

  /** Returns the answer, or null where there is none to give: version 1, or no such path. */
  static @Nullable String answer(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/latest/api/token")) {
      boolean asked =
          exchange.getRequestMethod().equals("PUT")
              && exchange.getRequestHeaders().containsKey("x-aws-ec2-metadata-token-ttl-seconds");
      return asked ? TOKEN : null;
    }
    if (!TOKEN.equals(exchange.getRequestHeaders().getFirst("x-aws-ec2-metadata-token"))) {
      return null;
    }
    return switch (path) {
      case "/latest/meta-data/iam/security-credentials/" -> ROLE;
      case "/latest/meta-data/iam/security-credentials/" + ROLE -> Json.write(credentials());
      default -> null;
    };
  }

  private static Map<String, Object> credentials() {
    Map<String, Object> credentials = new LinkedHashMap<>();
    credentials.put("Code", "Success");
    credentials.put("Type", "AWS-HMAC");
    credentials.put("AccessKeyId", FakeAwsKms.ACCESS_KEY);
    credentials.put("SecretAccessKey", FakeAwsKms.SECRET);
    credentials.put("Token", "session");
    credentials.put("LastUpdated", Instant.now().toString());
    credentials.put("Expiration", Instant.now().plus(Duration.ofHours(6)).toString());
    return credentials;
  }
}
