// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.aws.CredentialSettings.Role;
import dev.bulla.kek.aws.CredentialSettings.Source;
import dev.bulla.settings.SettingsBlock;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code aws.credentials}: one source, and a role to assume with it. */
final class CredentialReader {
  private static final List<String> SOURCES =
      List.of("environment", "profile", "instance", "container", "webIdentity", "process");

  private static final String SESSION = "bulla";
  private static final int MOST_WORDS = 32;
  private static final Pattern WORD = Pattern.compile("[^\\x00-\\x1f\"]{1,1024}");
  private static final Pattern PROFILE = Pattern.compile("[^\\x00-\\x1f\\[\\]]{1,128}");
  private static final Pattern ROLE =
      Pattern.compile("arn:aws[a-z-]{0,20}:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}");

  private CredentialReader() {}

  /** Returns the settings, those of an absent block being the chain; empty if there is an error. */
  static Optional<CredentialSettings> read(SettingsBlock aws, boolean plainHttp) {
    Optional<SettingsBlock> block = aws.block("credentials");
    if (block.isEmpty()) {
      return aws.keys().contains("credentials")
          ? Optional.empty()
          : Optional.of(
              new CredentialSettings(new Source.Chain(), Optional.empty(), Optional.empty()));
    }
    return read(block.get(), Endpoints.read(block.get(), "stsEndpoint", plainHttp));
  }

  private static Optional<CredentialSettings> read(SettingsBlock block, Optional<URI> sts) {
    Optional<Source> source = source(block);
    Optional<SettingsBlock> assumed = block.block("assumeRole");
    Optional<Role> role = assumed.flatMap(CredentialReader::role);
    block.alsoAllowed(SOURCES);
    block.finish();
    boolean roleIsWrong = block.keys().contains("assumeRole") && role.isEmpty();
    boolean stsIsWrong = block.keys().contains("stsEndpoint") && sts.isEmpty();
    return roleIsWrong || stsIsWrong
        ? Optional.empty()
        : source.map(s -> new CredentialSettings(s, role, sts));
  }

  private static Optional<Source> source(SettingsBlock block) {
    List<String> named = SOURCES.stream().filter(block.keys()::contains).toList();
    if (named.isEmpty()) {
      return Optional.of(new Source.Chain());
    }
    if (named.size() > 1) {
      block.problem("names two sources; at most one may be here: " + String.join(", ", SOURCES));
      return Optional.empty();
    }
    return block.block(named.getFirst()).flatMap(b -> source(named.getFirst(), b));
  }

  private static Optional<Source> source(String name, SettingsBlock block) {
    Optional<Source> source =
        switch (name) {
          case "environment" -> Optional.of(new Source.Environment());
          case "instance" -> Optional.of(new Source.Instance());
          case "container" -> Optional.of(new Source.Container());
          case "profile" -> profile(block);
          case "webIdentity" -> webIdentity(block);
          default -> process(block);
        };
    block.finish();
    return source;
  }

  private static Optional<Source> profile(SettingsBlock block) {
    Optional<String> name = block.optionalText("name", PROFILE, "the name of a profile");
    return Optional.of(new Source.Profile(name, block.optionalAbsolutePath("file")));
  }

  private static Optional<Source> webIdentity(SettingsBlock block) {
    Optional<String> role = roleArn(block);
    Optional<Path> token = block.absolutePath("tokenFile");
    String session = session(block);
    return role.flatMap(r -> token.map(file -> new Source.WebIdentity(r, file, session)));
  }

  private static Optional<Source> process(SettingsBlock block) {
    String allowed =
        "a word of the command, the first an absolute path; none may hold a secret: arguments"
            + " are seen by every user of the host";
    List<String> command = block.texts("command", WORD, MOST_WORDS, allowed);
    if (command.isEmpty() || !command.getFirst().startsWith("/")) {
      block.problem("command", "must be a list, each value " + allowed);
      return Optional.empty();
    }
    return Optional.of(new Source.Command(command));
  }

  private static Optional<Role> role(SettingsBlock block) {
    Optional<String> arn = roleArn(block);
    Optional<String> externalId =
        block.optionalText(
            "externalId",
            Pattern.compile("[\\w+=,.@:/-]{2,1224}"),
            "2 to 1224 of A-Z a-z +=,.@:/-");
    String session = session(block);
    block.finish();
    return arn.map(a -> new Role(a, externalId, session));
  }

  private static Optional<String> roleArn(SettingsBlock block) {
    return block.text(
        "roleArn", ROLE, "the ARN of a role, such as arn:aws:iam::111122223333:role/bulla");
  }

  private static String session(SettingsBlock block) {
    return block
        .optionalText(
            "sessionName", Pattern.compile("[\\w+=,.@-]{2,64}"), "2 to 64 of A-Z a-z +=,.@-")
        .orElse(SESSION);
  }
}
