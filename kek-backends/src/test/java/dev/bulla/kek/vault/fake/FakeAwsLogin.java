// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault.fake;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.Headers;
import dev.bulla.kek.aws.fake.AwsError;
import dev.bulla.kek.aws.fake.Signature;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Vault's auth method for AWS identities with the STS that it asks, which verifies the signature.
 * Stricter than both: it wants exactly what Vault documents. Thread-safe.
 */
public final class FakeAwsLogin {
  private static final String BODY = "Action=GetCallerIdentity&Version=2011-06-15";
  private static final String SERVER_ID = "X-Vault-AWS-IAM-Server-ID";
  private static final String TOKEN = "X-Amz-Security-Token";

  private static final Set<String> MEMBERS =
      Set.of(
          "role",
          "iam_http_request_method",
          "iam_request_url",
          "iam_request_body",
          "iam_request_headers");

  /** Those beginning with X-Amz- that Vault lets through. */
  private static final Set<String> AMAZON =
      Set.of("x-amz-content-sha256", "x-amz-date", "x-amz-security-token");

  private final Map<String, String> roles = new ConcurrentHashMap<>();
  private final Map<String, String> sessionTokens = new ConcurrentHashMap<>();
  private volatile Function<String, @Nullable String> secrets = id -> null;
  private volatile String mount = "aws";
  private volatile String host = "sts.amazonaws.com";
  private volatile String region = "us-east-1";
  private volatile String serverId = "";

  FakeAwsLogin() {}

  /** Binds a role to access keys that begin so. */
  public void role(String name, String accessKeys) {
    roles.put(name, accessKeys);
  }

  /** Sets what gives the secret of an access key, or null. */
  public void secrets(Function<String, @Nullable String> of) {
    secrets = of;
  }

  /** Wants that session token beside an access key. */
  public void sessionToken(String accessKeyId, String token) {
    sessionTokens.put(accessKeyId, token);
  }

  /** Mounts the method elsewhere than at {@code aws}. */
  public void mount(String path) {
    mount = path;
  }

  /** Asks another STS than the global one. */
  public void sts(String stsHost, String stsRegion) {
    host = stsHost;
    region = stsRegion;
  }

  /** Wants that name of the service, and wants it signed. */
  public void serverId(String name) {
    serverId = name;
  }

  boolean serves(String path) {
    return path.equals("auth/" + mount + "/login");
  }

  void require(JsonObject body) throws TransitError {
    refuseUnless(body.keySet().equals(MEMBERS), "the fake wants exactly " + MEMBERS);
    String role = body.get("role").getAsString();
    String bound = roles.get(role);
    refuseUnless(bound != null, "entry for role \"" + role + "\" not found");
    refuseUnless(
        body.get("iam_http_request_method").getAsString().equals("POST"),
        "invalid iam_http_request_method; currently only 'POST' is supported");
    URI url = URI.create(decoded(body, "iam_request_url"));
    refuseUnless(
        host.equals(url.getHost()) && url.getPort() == -1 && "/".equals(url.getRawPath()),
        "error making upstream request: another host or path");
    refuseUnless(
        url.getScheme().equals("https") && url.getRawQuery() == null, "invalid iam_request_url");
    String sent = decoded(body, "iam_request_body");
    refuseUnless(sent.equals(BODY), "iam_request_body failed validation");
    Headers headers = headers(decoded(body, "iam_request_headers"));
    requireServerId(headers);
    String accessKey = signer(url, headers, sent);
    refuseUnless(
        accessKey.startsWith(String.valueOf(bound)),
        "IAM Principal \"" + accessKey + "\" does not belong to the role \"" + role + "\"");
  }

  private static Headers headers(String json) throws TransitError {
    Headers headers = new Headers();
    for (Map.Entry<String, JsonElement> each :
        JsonParser.parseString(json).getAsJsonObject().entrySet()) {
      String name = each.getKey().toLowerCase(Locale.ROOT);
      refuseUnless(
          !name.startsWith("x-amz-") || AMAZON.contains(name), "invalid request header: " + name);
      refuseUnless(
          each.getValue().isJsonArray() && each.getValue().getAsJsonArray().size() == 1,
          "the fake wants a list with one value for " + name);
      headers.add(each.getKey(), each.getValue().getAsJsonArray().get(0).getAsString());
    }
    return headers;
  }

  private void requireServerId(Headers headers) throws TransitError {
    if (serverId.isEmpty()) {
      return;
    }
    String given = headers.getFirst(SERVER_ID);
    refuseUnless(given != null, "error validating X-Vault-AWS-IAM-Server-ID header: missing");
    refuseUnless(
        serverId.equals(given),
        "error validating X-Vault-AWS-IAM-Server-ID header: expected other");
    refuseUnless(isSigned(headers, SERVER_ID), "vault header wasn't signed");
  }

  private static boolean isSigned(Headers headers, String name) {
    String authorization = String.valueOf(headers.getFirst("Authorization"));
    String list = authorization.replaceFirst(".*SignedHeaders=([^,]*),.*", ";$1;");
    return list.contains(";" + name.toLowerCase(Locale.ROOT) + ";");
  }

  /** Verifies as STS does what Vault would send it: the host is the one in the URL. */
  private String signer(URI url, Headers headers, String body) throws TransitError {
    headers.set("Host", url.getHost());
    try {
      Signature.Signer signer =
          Signature.verify(
              url, headers, body.getBytes(StandardCharsets.UTF_8), "sts", id -> secrets.apply(id));
      String token = sessionTokens.get(signer.accessKeyId());
      boolean tokenFits =
          token == null || (token.equals(headers.getFirst(TOKEN)) && isSigned(headers, TOKEN));
      refuseUnless(
          signer.region().equals(region) && tokenFits,
          "error making upstream request: received error code 403 from STS");
      return signer.accessKeyId();
    } catch (AwsError e) {
      throw new TransitError(
          400, "error making upstream request: received error code 403 from STS: " + e);
    }
  }

  private static String decoded(JsonObject body, String member) {
    return new String(
        Base64.getDecoder().decode(body.get(member).getAsString()), StandardCharsets.UTF_8);
  }

  private static void refuseUnless(boolean right, String text) throws TransitError {
    if (!right) {
      throw new TransitError(400, text);
    }
  }
}
