// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault.fake;

import com.google.gson.JsonObject;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The tokens of a cluster, and the logins that give them. */
final class FakeLogins {
  final Set<String> tokens = ConcurrentHashMap.newKeySet();
  final FakeAwsLogin aws = new FakeAwsLogin();
  volatile String secretId = FakeTransit.SECRET_ID;
  volatile int leaseSeconds = 600;
  private final AtomicInteger issued = new AtomicInteger();

  JsonObject login(String path, JsonObject body) throws TransitError {
    if (path.equals("auth/approle/login")) {
      requireAppRole(body);
    } else if (aws.serves(path)) {
      aws.require(body);
    } else {
      throw new TransitError(403, "permission denied");
    }
    String token = "s.fake" + issued.incrementAndGet();
    tokens.add(token);
    return auth(token);
  }

  private void requireAppRole(JsonObject body) throws TransitError {
    if (!body.get("role_id").getAsString().equals(FakeTransit.ROLE_ID)
        || !body.get("secret_id").getAsString().equals(secretId)) {
      throw new TransitError(400, "invalid role or secret ID");
    }
  }

  JsonObject auth(String token) {
    JsonObject auth = new JsonObject();
    auth.addProperty("client_token", token);
    auth.addProperty("lease_duration", leaseSeconds);
    auth.addProperty("renewable", true);
    return auth;
  }
}
