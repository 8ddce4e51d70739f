// SPDX-License-Identifier: Apache-2.0
package dev.bulla.render;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class RenderingTest {
  private static final String AWS =
      "aws: { keyArn: \"arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\" }\n";
  private static final String VAULT =
      "vault: { address: \"https://vault.example:8200\", mount: kms, key: bulla, caFile: /etc/bulla/ca.pem }\n";

  private static Rendering.Result render(String values) {
    return Rendering.of(values.getBytes(UTF_8), "values.yaml", "localhost/bulla:1");
  }

  private static Map<String, Rendering.File> files(Distribution distribution, String kek) {
    String values =
        "distribution: "
            + distribution.label()
            + "\nscope: prod-eu1\nimage: registry.example/bulla:1\n"
            + kek;
    return switch (render(values)) {
      case Rendering.Result.Good good -> good.rendering().files();
      case Rendering.Result.Bad bad -> throw new AssertionError(bad.problems());
    };
  }

  private static String content(Map<String, Rendering.File> files, String name) {
    return Objects.requireNonNull(files.get(name), name).content();
  }

  private static Object yaml(String text) {
    return new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  @ParameterizedTest
  @EnumSource(Distribution.class)
  void everyFile_isWhole(Distribution distribution) {
    for (String kek : new String[] {AWS, VAULT}) {
      files(distribution, kek)
          .forEach(
              (name, file) -> {
                assertThat(file.content()).as(name).doesNotContain("${").endsWith("\n");
                assertThat(file.place()).as(name).isNotBlank();
                if (name.endsWith(".yaml")) {
                  assertThat(yaml(file.content())).as(name).isInstanceOf(Map.class);
                }
              });
    }
  }

  @ParameterizedTest
  @EnumSource(Distribution.class)
  void steps_readFirst_thenWrite_thenRefuseWhatIsClear(Distribution distribution) {
    Map<String, Rendering.File> files = files(distribution, AWS);
    assertThat(content(files, "encryption-1-readers.yaml"))
        .containsSubsequence("identity: {}", "kms: { apiVersion: v2, name: bulla");
    assertThat(content(files, "encryption-2-writers.yaml"))
        .containsSubsequence("kms: { apiVersion: v2, name: bulla", "identity: {}");
    assertThat(content(files, "encryption-3-sealed.yaml"))
        .contains("kms: { apiVersion: v2, name: bulla")
        .doesNotContain("identity");
  }

  @ParameterizedTest
  @EnumSource(
      value = Distribution.class,
      names = {"TALOS", "KOPS", "CAPI"})
  void carriedFiles_areThoseThatStandAlone(Distribution distribution) {
    Map<String, Rendering.File> files = files(distribution, VAULT);
    String carrier = content(files, distribution.label() + ".yaml");
    assertThat(carrier.lines().map(String::strip).toList())
        .containsAll(content(files, "bulla.yaml").lines().map(String::strip).toList());
    assertThat(carrier).contains("image: registry.example/bulla:1");
  }

  @Test
  void policies_nameTheKeyAndNothingElse() {
    assertThat(content(files(Distribution.KUBEADM, VAULT), "vault-policy.hcl"))
        .contains("path \"kms/encrypt/bulla\"", "path \"kms/keys/bulla\"")
        .doesNotContain("MOUNT", "KEY");
    assertThat(content(files(Distribution.KUBEADM, AWS), "iam-policy.json"))
        .contains("\"kms:EncryptionContext:bulla:scope\": \"prod-eu1\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          distribution: minikube\\nscope: a | one of kubeadm, rke2, k3s, talos, kops, capi
          distribution: k3s\\nscope: A | scope
          distribution: k3s\\nscope: a\\nresources: [secret] | it is 'secrets'
          distribution: talos\\nscope: a | fetch it from a registry
          distribution: k3s\\nscope: a\\nimages: x | images
          """)
  void wrongValues_areRefusedWithWhatIsAllowed(String values, String word) {
    assertThat(render(values.replace("\\n", "\n") + "\n" + AWS))
        .isInstanceOfSatisfying(
            Rendering.Result.Bad.class,
            bad -> assertThat(String.join("\n", bad.problems())).contains("values.yaml:", word));
  }

  @Test
  void oneKek_notTwo() {
    assertThat(render("distribution: k3s\nscope: a\n" + AWS + VAULT))
        .isInstanceOf(Rendering.Result.Bad.class);
    assertThat(render("distribution: k3s\nscope: a\n")).isInstanceOf(Rendering.Result.Bad.class);
  }
}
