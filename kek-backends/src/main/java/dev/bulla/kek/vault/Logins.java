// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.kek.remote.RemoteCalls;
import dev.bulla.kek.vault.LoginMethod.AppRole;
import dev.bulla.kek.vault.LoginMethod.AwsIam;
import dev.bulla.kek.vault.LoginMethod.Cert;
import dev.bulla.kek.vault.LoginMethod.Jwt;
import dev.bulla.kek.vault.LoginMethod.TokenFile;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Gets and renews tokens. One call at a time. */
final class Logins {
  private static final String DOES_NOT_OPEN =
      "the wrapped secret id does not open: somebody else opened it, or it expired; put a fresh one"
          + " into its file";

  private static final String CLUSTER_ISSUER = "https://kubernetes.default.svc";

  private final VaultSettings settings;
  private final VaultHttp http;
  private final RemoteCalls<URI> calls;
  private final Notices notices;
  private final Ticker ticker;
  private @Nullable Unwrapped unwrapped;

  Logins(
      VaultSettings settings,
      VaultHttp http,
      RemoteCalls<URI> calls,
      Notices notices,
      Ticker ticker) {
    this.settings = settings;
    this.http = http;
    this.calls = calls;
    this.notices = notices;
    this.ticker = ticker;
  }

  /** A secret id that came wrapped: its wrapping token opens once only. */
  private record Unwrapped(String wrapping, String secretId) {
    @Override
    public String toString() {
      return "Unwrapped";
    }
  }

  /**
   * Logs in, by the first method that works.
   *
   * @throws KekException what the first method met
   */
  Token login(Deadline deadline) throws KekException {
    KekException first = null;
    for (LoginMethod method : settings.auth()) {
      try {
        return login(method, deadline);
      } catch (KekException e) {
        first = first == null ? e : first;
      }
    }
    throw first == null ? new KekException.Denied("no login is configured") : first;
  }

  private Token login(LoginMethod method, Deadline deadline) throws KekException {
    return switch (method) {
      case TokenFile file -> lookedUp(SecretText.read(file.file()), deadline);
      case AppRole role -> appRole(role, deadline);
      case Jwt jwt -> jwt(jwt, deadline);
      case AwsIam aws -> awsIam(aws, deadline);
      case Cert cert ->
          login(
              cert.mount(),
              cert.role().map(r -> "{\"name\":" + VaultRequest.quoted(r) + "}").orElse("{}"),
              "the certificate was refused; is its role, and who signed it, known to the service?",
              deadline);
    };
  }

  private Token appRole(AppRole role, Deadline deadline) throws KekException {
    String roleId = SecretText.read(role.roleIdFile());
    String secret = SecretText.read(role.secretIdFile());
    String secretId = role.wrapped() ? opened(role.mount(), secret, deadline) : secret;
    return login(
        role.mount(),
        "{\"role_id\":%s,\"secret_id\":%s}"
            .formatted(VaultRequest.quoted(roleId), VaultRequest.quoted(secretId)),
        "the AppRole was refused: put a valid secret id into its file",
        deadline);
  }

  private String opened(String mount, String wrapping, Deadline deadline) throws KekException {
    Unwrapped known = unwrapped;
    if (known != null && known.wrapping().equals(wrapping)) {
      return known.secretId();
    }
    requireMadeBy(mount, wrapping, deadline);
    try (Answer answer = ask(post("sys/wrapping/unwrap", "{}"), Optional.of(wrapping), deadline);
        Json json = json(answer)) {
      Optional<String> secretId = json.text("data", "secret_id");
      if (answer.status() != 200 || !SecretText.isWord(secretId.orElse(""))) {
        throw new KekException.Denied(DOES_NOT_OPEN);
      }
      unwrapped = new Unwrapped(wrapping, secretId.orElseThrow());
      return secretId.orElseThrow();
    }
  }

  // Whoever can write the file could wrap an answer of his own, and be taken for the service.
  private void requireMadeBy(String mount, String wrapping, Deadline deadline) throws KekException {
    String body = "{\"token\":" + VaultRequest.quoted(wrapping) + "}";
    try (Answer answer = ask(post("sys/wrapping/lookup", body), Optional.empty(), deadline);
        Json json = json(answer)) {
      if (answer.status() != 200) {
        throw new KekException.Denied(DOES_NOT_OPEN);
      }
      String path = json.text("data", "creation_path").orElse("");
      if (!path.matches(Pattern.quote("auth/" + mount + "/role/") + "[^/]+/secret-id")) {
        throw new KekException.Denied(
            "the wrapping token was not made by auth/"
                + mount
                + "/role/ROLE/secret-id: somebody may have put another into its file; find out"
                + " who, and put a fresh one there");
      }
    }
  }

  private Token jwt(Jwt method, Deadline deadline) throws KekException {
    String jwt = SecretText.read(method.file());
    notices.note(Notice.ISSUER_IS_THE_CLUSTER, issuer(jwt).startsWith(CLUSTER_ISSUER));
    return login(
        method.mount(),
        "{\"role\":%s,\"jwt\":%s}"
            .formatted(VaultRequest.quoted(method.role()), VaultRequest.quoted(jwt)),
        method.kubernetes()
            ? "the service account was refused, or the API server that reviews it did not answer"
            : "the JWT was refused: is it fresh, and does the role allow its subject and audience?",
        deadline);
  }

  private Token awsIam(AwsIam method, Deadline deadline) throws KekException {
    Map<String, String> headers =
        method.serverId().map(id -> Map.of("X-Vault-AWS-IAM-Server-ID", id)).orElse(Map.of());
    return login(
        method.mount(),
        AwsLoginBody.of(method.role(), method.proof().sign(headers, deadline)),
        "the AWS identity was refused, or STS did not answer the service: is the role bound to it,"
            + " and are region, stsEndpoint and serverId those of the auth method?",
        deadline);
  }

  private static String issuer(String jwt) {
    String[] parts = jwt.split("\\.", -1);
    try {
      byte[] claims = Base64.getUrlDecoder().decode(parts.length == 3 ? parts[1] : "");
      Optional<Json> json = Json.parse(claims);
      Arrays.fill(claims, (byte) 0);
      return json.flatMap(claim -> claim.text("iss")).orElse("");
    } catch (IllegalArgumentException _) {
      return "";
    }
  }

  private Token login(String mount, String body, String refusal, Deadline deadline)
      throws KekException {
    long since = ticker.nanos();
    try (Answer answer = ask(post("auth/" + mount + "/login", body), Optional.empty(), deadline);
        Json json = json(answer)) {
      if (answer.status() != 200) {
        throw new KekException.Denied(refusal);
      }
      Optional<String> value = json.text("auth", "client_token");
      OptionalLong lease = json.number("auth", "lease_duration");
      Optional<Boolean> renewable = json.flag("auth", "renewable");
      if (!SecretText.isWord(value.orElse("")) || lease.isEmpty() || renewable.isEmpty()) {
        throw new KekException.Untrustworthy("the login was answered without a token");
      }
      Duration life = Duration.ofSeconds(Math.max(0, lease.getAsLong()));
      return new Token(value.orElseThrow(), since, life, life, renewable.get());
    }
  }

  // A token without the default policy cannot be looked up: its end is then not known.
  private Token lookedUp(String value, Deadline deadline) throws KekException {
    long since = ticker.nanos();
    VaultRequest request = VaultRequest.get("auth/token/lookup-self", namespace());
    try (Answer answer = ask(request, Optional.of(value), deadline);
        Json json = json(answer)) {
      boolean told = answer.status() == 200;
      long left = told ? json.number("data", "ttl").orElse(0) : 0;
      long made = told ? json.number("data", "creation_ttl").orElse(0) : 0;
      // Its last second reads 0, as that of a token without an end does.
      Duration life = Duration.ofSeconds(made > 0 ? Math.max(1, left) : Math.max(0, left));
      Duration whole = Duration.ofSeconds(Math.max(made, life.toSeconds()));
      boolean renewable = told && json.flag("data", "renewable").orElse(false);
      return new Token(value, since, life, whole, renewable);
    }
  }

  /**
   * Renews a token.
   *
   * @return empty if the service refuses to
   */
  Optional<Token> renew(Token token, Deadline deadline) throws KekException {
    long since = ticker.nanos();
    String body = "{\"increment\":" + token.whole().toSeconds() + "}";
    try (Answer answer =
            ask(post("auth/token/renew-self", body), Optional.of(token.value()), deadline);
        Json json = json(answer)) {
      OptionalLong lease = json.number("auth", "lease_duration");
      if (answer.status() != 200 || lease.isEmpty() || lease.getAsLong() < 1) {
        return Optional.empty();
      }
      Duration life = Duration.ofSeconds(lease.getAsLong());
      boolean renewable = json.flag("auth", "renewable").orElse(false);
      Duration whole = life.compareTo(token.whole()) > 0 ? life : token.whole();
      return Optional.of(new Token(token.value(), since, life, whole, renewable));
    }
  }

  private VaultRequest post(String path, String json) {
    return VaultRequest.post(path, namespace(), json.getBytes(StandardCharsets.UTF_8));
  }

  private String namespace() {
    return settings.key().namespace();
  }

  private Answer ask(VaultRequest request, Optional<String> token, Deadline deadline)
      throws KekException {
    try {
      return calls.run((address, until) -> http.send(address, request, token, until), deadline);
    } finally {
      Arrays.fill(request.body(), (byte) 0);
    }
  }

  private static Json json(Answer answer) throws KekException {
    Optional<Json> json = answer.json();
    if (json.isPresent()) {
      return json.get();
    }
    if (answer.status() == 200) {
      throw new KekException.Untrustworthy("a login was answered, and not in JSON");
    }
    throw new KekException.Unavailable(
        "a login met HTTP "
            + answer.status()
            + " not in the service's words; is a proxy in between?");
  }
}
