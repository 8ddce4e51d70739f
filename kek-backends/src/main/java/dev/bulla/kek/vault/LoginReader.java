// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.proof.CallerProof;
import dev.bulla.kek.proof.ProofReader;
import dev.bulla.kek.vault.LoginMethod.AppRole;
import dev.bulla.kek.vault.LoginMethod.AwsIam;
import dev.bulla.kek.vault.LoginMethod.Cert;
import dev.bulla.kek.vault.LoginMethod.Jwt;
import dev.bulla.kek.vault.LoginMethod.TokenFile;
import dev.bulla.kek.vault.VaultSettings.Network;
import dev.bulla.settings.SettingsBlock;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads {@code vault.auth}: a login, and one to fall back to. */
final class LoginReader {
  private static final List<String> METHODS =
      List.of("tokenFile", "appRole", "jwt", "kubernetes", "cert", "awsIam");

  private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9._@/-]{1,256}");

  private static final Pattern SERVER_ID = Pattern.compile("[!-~]{1,255}");

  private final Optional<Network> network;
  private final ProofReader awsIam;
  private final boolean plainHttp;

  /**
   * Reads logins over {@code network}, which is empty if it has an error.
   *
   * @param awsIam reads what proves an AWS identity
   * @param plainHttp whether endpoints may be plain HTTP to this host
   */
  LoginReader(Optional<Network> network, ProofReader awsIam, boolean plainHttp) {
    this.network = network;
    this.awsIam = awsIam;
    this.plainHttp = plainHttp;
  }

  static String choices() {
    return String.join(", ", METHODS);
  }

  /** Returns the logins in order; empty if there is an error. */
  Optional<List<LoginMethod>> read(SettingsBlock block) {
    Optional<LoginMethod> first = method(block);
    Optional<SettingsBlock> fallback = block.block("fallback");
    Optional<LoginMethod> second = fallback.flatMap(this::only);
    block.finish();
    boolean fallbackIsWrong = block.keys().contains("fallback") && second.isEmpty();
    return first.isEmpty() || fallbackIsWrong
        ? Optional.empty()
        : Optional.of(Stream.concat(first.stream(), second.stream()).toList());
  }

  private Optional<LoginMethod> only(SettingsBlock block) {
    Optional<LoginMethod> method = method(block);
    block.finish();
    return method;
  }

  private Optional<LoginMethod> method(SettingsBlock block) {
    List<String> named = METHODS.stream().filter(block.keys()::contains).toList();
    block.alsoAllowed(METHODS);
    if (named.size() != 1) {
      block.problem("must name exactly one login, of: " + choices());
      return Optional.empty();
    }
    String name = named.getFirst();
    if (name.equals("tokenFile")) {
      return block.absolutePath(name).map(TokenFile::new);
    }
    return block.block(name).flatMap(b -> method(name, b));
  }

  private Optional<LoginMethod> method(String name, SettingsBlock block) {
    Optional<String> mount =
        VaultSettingsReader.orDefault(
            block,
            "mount",
            VaultSettingsReader.PATH,
            "the path of the auth method, without auth/ before it",
            defaultMount(name));
    Optional<LoginMethod> method =
        switch (name) {
          case "appRole" -> appRole(block, mount);
          case "cert" -> cert(block, mount);
          case "awsIam" -> awsIam(block, mount);
          default -> jwt(block, mount, name.equals("kubernetes"));
        };
    block.finish();
    return method;
  }

  private static String defaultMount(String name) {
    return switch (name) {
      case "appRole" -> "approle";
      case "awsIam" -> "aws";
      default -> name;
    };
  }

  private static Optional<String> role(SettingsBlock block) {
    return block.text("role", ROLE, "the name of a role of the auth method");
  }

  private static Optional<LoginMethod> appRole(SettingsBlock block, Optional<String> mount) {
    Optional<Path> roleId = block.absolutePath("roleIdFile");
    Optional<Path> secretId = block.absolutePath("secretIdFile");
    boolean wrapped = block.flag("wrapped");
    return roleId.flatMap(
        r -> secretId.flatMap(s -> mount.map(m -> new AppRole(r, s, wrapped, m))));
  }

  private static Optional<LoginMethod> jwt(
      SettingsBlock block, Optional<String> mount, boolean kubernetes) {
    Optional<Path> file = block.absolutePath("file");
    Optional<String> role = role(block);
    return file.flatMap(f -> role.flatMap(r -> mount.map(m -> new Jwt(f, r, m, kubernetes))));
  }

  private Optional<LoginMethod> awsIam(SettingsBlock block, Optional<String> mount) {
    Optional<String> role = role(block);
    Optional<String> serverId =
        block.optionalText(
            "serverId", SERVER_ID, "the auth method's iam_server_id_header_value, without space");
    boolean serverIdIsWrong = serverId.isEmpty() && block.keys().contains("serverId");
    Optional<CallerProof> proof = awsIam.read(block, plainHttp);
    return serverIdIsWrong
        ? Optional.empty()
        : role.flatMap(r -> mount.flatMap(m -> proof.map(p -> new AwsIam(r, m, serverId, p))));
  }

  private Optional<LoginMethod> cert(SettingsBlock block, Optional<String> mount) {
    Optional<String> role = block.optionalText("role", ROLE, "the name of a certificate role");
    boolean roleIsWrong = role.isEmpty() && block.keys().contains("role");
    if (network.isPresent() && network.get().clientCert().isEmpty()) {
      block.problem("needs the certificate: set clientCertFile beside auth");
      return Optional.empty();
    }
    return roleIsWrong || network.isEmpty()
        ? Optional.empty()
        : mount.map(m -> new Cert(role, m, files(network.get())));
  }

  private static List<Path> files(Network network) {
    return Stream.concat(network.clientCert().stream(), network.clientKey().stream()).toList();
  }
}
