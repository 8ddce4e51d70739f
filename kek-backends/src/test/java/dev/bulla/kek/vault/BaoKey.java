// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.aws.CallerIdentityReader;
import dev.bulla.settings.Problems;
import dev.bulla.settings.SettingsDocument;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;

/**
 * A key of a real OpenBao with its own policy and AppRole, as {@code deploy/vault} makes them, and
 * the files that Bulla reads.
 */
public final class BaoKey {
  private final OpenBao bao;
  private final String name;
  private final Path folder;

  private BaoKey(OpenBao bao, String name, Path folder) {
    this.bao = bao;
    this.name = name;
    this.folder = folder;
  }

  /** Makes a key whose tokens live for 10 minutes. */
  public static BaoKey create(OpenBao bao, String name, Path folder) throws Exception {
    return create(bao, name, folder, "\"token_ttl\":\"10m\",\"token_max_ttl\":\"1h\"");
  }

  /** Makes a key whose AppRole has the fields {@code role}. */
  public static BaoKey create(OpenBao bao, String name, Path folder, String role) throws Exception {
    BaoKey key = new BaoKey(bao, name, Files.createDirectories(folder.resolve(name)));
    var _ = bao.post("transit/keys/" + name, "{\"type\":\"aes256-gcm96\"}");
    key.policy(Policy.WHOLE);
    if (bao.request("GET", "sys/auth/approle", "", "").statusCode() != 200) {
      var _ = bao.post("sys/auth/approle", "{\"type\":\"approle\"}");
    }
    var _ =
        bao.post(
            "auth/approle/role/" + name, "{\"token_policies\":[\"" + name + "\"]," + role + "}");
    key.write("role-id", OpenBao.text(key.roleId(), "data", "role_id"));
    key.newSecretId();
    return key;
  }

  private String roleId() throws Exception {
    return bao.get("auth/approle/role/" + name + "/role-id");
  }

  /** Puts a new secret id into its file. */
  public void newSecretId() throws Exception {
    String answer = bao.post("auth/approle/role/" + name + "/secret-id", "{}");
    write("secret-id", OpenBao.text(answer, "data", "secret_id") + "\n");
  }

  /** Destroys the secret id in the file. */
  public void destroySecretId() throws Exception {
    String secretId = Files.readString(folder.resolve("secret-id")).strip();
    var _ =
        bao.post(
            "auth/approle/role/" + name + "/secret-id/destroy",
            "{\"secret_id\":\"" + secretId + "\"}");
  }

  void write(String file, String content) throws Exception {
    Path whole = folder.resolve(file + ".new");
    Files.writeString(whole, content);
    Files.move(whole, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
  }

  Path folder() {
    return folder;
  }

  String name() {
    return name;
  }

  /** What a policy allows. */
  enum Policy {
    WHOLE,
    NOTHING,
    NO_DECRYPT,
    MAY_CREATE
  }

  void policy(Policy allowed) throws Exception {
    String rules =
        switch (allowed) {
          case WHOLE ->
              rule("encrypt", "update") + rule("decrypt", "update") + rule("keys", "read");
          case NOTHING -> rule("nowhere", "read");
          case NO_DECRYPT -> rule("encrypt", "update") + rule("keys", "read");
          case MAY_CREATE ->
              rule("encrypt", "create\\\", \\\"update")
                  + rule("decrypt", "update")
                  + rule("keys", "read");
        };
    var _ = bao.post("sys/policies/acl/" + name, "{\"policy\":\"" + rules + "\"}");
  }

  private String rule(String operation, String capability) {
    return "path \\\"transit/%s/%s\\\" { capabilities = [\\\"%s\\\"] }\\n"
        .formatted(operation, name, capability);
  }

  /** Returns a {@code vault} block for it with the AppRole. */
  String yaml() throws Exception {
    return yaml(
        "appRole: { roleIdFile: %s/role-id, secretIdFile: %s/secret-id }"
            .formatted(folder, folder));
  }

  /** Returns a {@code vault} block for it with another login. */
  String yaml(String auth) throws Exception {
    return """
    address: %s
    key: %s
    caFile: %s
    auth: { %s }
    """
        .formatted(bao.address(), name, bao.ca().certificate(), auth);
  }

  /** Returns what an entry of {@code keks} says of it, on one line. */
  public String entry() throws Exception {
    return "vault: { " + yaml().strip().replace("\n", ", ") + " }";
  }

  VaultKek open(String scope) throws Exception {
    return VaultKek.open(settings(yaml()), scope);
  }

  /** Reads a {@code vault} block; throws what is wrong with it. */
  static VaultSettings settings(String yaml) {
    Problems problems = new Problems();
    Optional<VaultSettings> settings =
        SettingsDocument.parse(yaml.getBytes(StandardCharsets.UTF_8), problems)
            .flatMap(block -> VaultSettingsReader.read(block, new CallerIdentityReader()));
    return settings.orElseThrow(() -> new IllegalArgumentException(problems.inOrder().toString()));
  }

  /** Adds a version. */
  public void rotate() throws Exception {
    var _ = bao.post("transit/keys/" + name + "/rotate", "{}");
  }

  /** Sets fields of the key. */
  public void config(String json) throws Exception {
    var _ = bao.post("transit/keys/" + name + "/config", json);
  }

  void delete() throws Exception {
    config("{\"deletion_allowed\":true}");
    bao.delete("transit/keys/" + name);
  }

  /** Switches the key off. */
  public void softDelete() throws Exception {
    bao.delete("transit/keys/" + name + "/soft-delete");
  }

  /** Switches the key on again. */
  public void restore() throws Exception {
    var _ = bao.post("transit/keys/" + name + "/soft-delete-restore", "{}");
  }

  /** Deletes it and makes another, of a later second: that is how exact its time is. */
  public void recreate() throws Exception {
    String before = createdAt();
    do {
      delete();
      var _ = bao.post("transit/keys/" + name, "{\"type\":\"aes256-gcm96\"}");
    } while (createdAt().equals(before));
  }

  private String createdAt() throws Exception {
    String answer = bao.get("transit/keys/" + name);
    try (Json json = Json.parse(answer.getBytes(StandardCharsets.UTF_8)).orElseThrow()) {
      return String.valueOf(json.number("data", "keys", "1"));
    }
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5), Ticker.system());
  }
}
