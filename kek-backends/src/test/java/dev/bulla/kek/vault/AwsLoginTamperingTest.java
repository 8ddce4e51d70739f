// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.bulla.kek.vault.fake.FakeTransit;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A login by AWS identity that somebody changed on its way: nothing of it may be left unsigned. */
final class AwsLoginTamperingTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeTransit fake;
  private final Path credentials;
  private JsonObject login = new JsonObject();

  AwsLoginTamperingTest(@TempDir Path folder) throws Exception {
    fake = FakeTransit.start();
    credentials = folder.resolve("credentials");
    Files.writeString(
        credentials, "[default]\naws_access_key_id = AKIAONE\naws_secret_access_key = secret\n");
  }

  @BeforeEach
  void logIn() throws Exception {
    fake.createKey("k", 1_700_000_000);
    fake.aws().secrets(Map.of("AKIAONE", "secret")::get);
    fake.aws().role("bulla", "AKIA");
    fake.aws().serverId("vault.example");
    String auth =
        "{ awsIam: { role: bulla, serverId: vault.example, credentials: { profile: { file: %s } } } }"
            .formatted(credentials);
    try (VaultKek kek = FakeFixture.open(FakeFixture.yaml(fake.address(), "k", auth), "s")) {
      FakeFixture.awaitLogin(kek);
    }
    login = JsonParser.parseString(fake.calls().getFirst().body()).getAsJsonObject();
  }

  @AfterEach
  void stop() {
    fake.close();
    http.close();
  }

  private String answer() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(fake.address() + "/v1/auth/aws/login"))
            .POST(HttpRequest.BodyPublishers.ofString(login.toString()))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  private void change(String member, UnaryOperator<String> how) {
    byte[] was = Base64.getDecoder().decode(login.get(member).getAsString());
    String now = how.apply(new String(was, StandardCharsets.UTF_8));
    login.addProperty(
        member, Base64.getEncoder().encodeToString(now.getBytes(StandardCharsets.UTF_8)));
  }

  private void header(String name, String value) {
    change(
        "iam_request_headers",
        json -> {
          JsonObject headers = JsonParser.parseString(json).getAsJsonObject();
          JsonArray values = new JsonArray();
          values.add(value);
          headers.add(name, values);
          return headers.toString();
        });
  }

  private JsonObject headers() {
    byte[] json = Base64.getDecoder().decode(login.get("iam_request_headers").getAsString());
    return JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
  }

  @Test
  void unchanged_isTaken_andEveryHeaderButTheSignatureIsSigned() throws Exception {
    assertThat(answer()).startsWith("200 ");
    String authorization = headers().getAsJsonArray("Authorization").get(0).getAsString();
    for (String name : headers().keySet()) {
      if (!name.equals("Authorization")) {
        assertThat(authorization).containsPattern("[=;]" + name.toLowerCase(Locale.ROOT) + "[;,]");
      }
    }
  }

  @Test
  void otherBody_isRefused() throws Exception {
    change("iam_request_body", body -> body + "&X=1");
    assertThat(answer()).startsWith("400 ").contains("iam_request_body failed validation");
  }

  @Test
  void otherHost_isRefused_alsoByTheSignature() throws Exception {
    change("iam_request_url", url -> url.replace("sts.amazonaws.com", "sts.evil.example"));
    assertThat(answer()).startsWith("400 ").contains("another host");
    fake.aws().sts("sts.evil.example", "us-east-1");
    assertThat(answer()).startsWith("400 ").contains("signature does not match");
  }

  @Test
  void otherServerId_isRefused_byItsSignature() throws Exception {
    header("X-Vault-AWS-IAM-Server-ID", "vault.other");
    assertThat(answer()).startsWith("400 ").contains("expected other");
    fake.aws().serverId("vault.other");
    assertThat(answer()).startsWith("400 ").contains("signature does not match");
  }

  @Test
  void serverIdThatIsNotSigned_isRefused() throws Exception {
    String authorization = headers().getAsJsonArray("Authorization").get(0).getAsString();
    header("Authorization", authorization.replace(";x-vault-aws-iam-server-id", ""));
    assertThat(answer()).startsWith("400 ").contains("wasn't signed");
  }

  @Test
  void otherRole_isRefused() throws Exception {
    login.addProperty("role", "admin");
    assertThat(answer()).startsWith("400 ").contains("not found");
  }
}
