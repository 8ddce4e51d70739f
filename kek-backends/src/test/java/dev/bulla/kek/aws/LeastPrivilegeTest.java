// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** The shipped IAM policy: all that Bulla calls, and nothing that it does not. */
final class LeastPrivilegeTest {
  private static final Path DEPLOY = Path.of("..", "deploy", "aws");
  private static final String CONTEXT = "kms:EncryptionContext:";
  private static final String SCOPE = "prod-eu1";

  @TempDir private Path folder;
  private final FakeAwsKms fake;
  private final String arn;
  private final List<JsonNode> statements;

  LeastPrivilegeTest() throws IOException {
    fake = FakeAwsKms.start();
    arn = fake.createKey();
    statements =
        JsonNode.parser()
            .parse(Files.readString(DEPLOY.resolve("iam-policy.json")))
            .asObject()
            .getOrDefault("Statement", JsonNode.emptyObjectNode())
            .asArray();
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private static Stream<String> actions(JsonNode statement) {
    JsonNode action = statement.asObject().get("Action");
    if (action == null) {
      return Stream.empty();
    }
    return action.isString()
        ? Stream.of(action.asString())
        : action.asArray().stream().map(JsonNode::asString);
  }

  private static Set<String> actions(Collection<JsonNode> statements) {
    return Set.copyOf(statements.stream().flatMap(LeastPrivilegeTest::actions).toList());
  }

  /** Does all that Bulla does with a key; returns whether all of it worked. */
  private boolean worksWith(Set<String> allowed) throws Exception {
    fake.allow(FakeAwsKms.ACCESS_KEY, allowed);
    try (AwsKek kek = AwsFixture.open(fake, arn, SCOPE, folder);
        KeyMaterial master = KeyMaterial.adopt(new byte[32])) {
      KekDescription description = kek.describe(AwsFixture.soon());
      WrappedKey wrapped = kek.wrap(master, description.current(), AwsFixture.soon());
      kek.unwrap(wrapped, AwsFixture.soon()).close();
      return description.createdAt().isPresent();
    } catch (KekException.Denied _) {
      return false;
    }
  }

  @Test
  void policy_isEnoughAndNoMore() throws Exception {
    fake.rotate(arn, Instant.now());
    assertThat(worksWith(actions(statements))).isTrue();
    assertThat(fake.calls()).allMatch(FakeAwsKms.Call::accepted);
    assertThat(Set.copyOf(fake.calls().stream().map(FakeAwsKms.Call::action).toList()))
        .isEqualTo(actions(statements));
    for (String action : actions(statements)) {
      Set<String> without = new HashSet<>(actions(statements));
      without.remove(action);
      assertThat(worksWith(without)).as("without " + action).isFalse();
    }
  }

  @Test
  void conditions_areThoseOfEveryCall() throws Exception {
    assertThat(worksWith(actions(statements))).isTrue();
    Map<String, String> condition = context(statements.getFirst());
    assertThat(condition).containsEntry("bulla:scope", SCOPE).hasSize(2);
    assertThat(fake.calls())
        .filteredOn(call -> Set.of("kms:Encrypt", "kms:Decrypt").contains(call.action()))
        .hasSize(3)
        .allMatch(call -> call.encryptionContext().equals(condition));
    assertThat(fake.calls()).allMatch(call -> call.keyId().equals(arn));
  }

  private static Map<String, String> context(JsonNode statement) {
    Map<String, String> context = new TreeMap<>();
    JsonNode equal =
        statement.field("Condition").flatMap(c -> c.field("StringEquals")).orElseThrow();
    equal
        .asObject()
        .forEach((key, value) -> context.put(key.substring(CONTEXT.length()), value.asString()));
    return context;
  }

  @Test
  void terraform_saysTheSame() throws Exception {
    String terraform = Files.readString(DEPLOY.resolve("main.tf"));
    String keyPolicy = Files.readString(DEPLOY.resolve("key-policy.json"));
    for (String action : actions(statements)) {
      assertThat(terraform).contains('"' + action + '"');
    }
    for (JsonNode statement :
        JsonNode.parser().parse(keyPolicy).field("Statement").orElseThrow().asArray()) {
      actions(statement).forEach(action -> assertThat(terraform).contains('"' + action + '"'));
    }
    assertThat(terraform).contains(CONTEXT + "bulla:scope", CONTEXT + "bulla:use");
  }
}
