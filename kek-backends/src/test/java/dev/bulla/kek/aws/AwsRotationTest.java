// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.DateRelay;
import dev.bulla.kek.DatedVersion;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which version a key has, since when, and what names it. */
final class AwsRotationTest {
  private static final Instant ROTATED = Instant.parse("2026-11-01T10:00:00Z");

  private static final Instant LATER = Instant.parse("2100-11-01T10:00:00Z");

  @TempDir private Path folder;
  private final FakeAwsKms fake;
  private final String arn;

  AwsRotationTest() throws IOException {
    fake = FakeAwsKms.start();
    arn = fake.createKey();
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private KekDescription describe(String more) throws Exception {
    String yaml = AwsFixture.yaml(arn, fake.endpoint(), AwsFixture.credentials(folder)) + more;
    try (AwsKek kek = AwsKek.open(AwsFixture.settings(yaml), "r")) {
      return kek.describe(AwsFixture.soon());
    }
  }

  @Test
  void firstMaterial_isAsOldAsTheKey() throws Exception {
    assertThat(describe("").createdAt().orElseThrow())
        .isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now());
  }

  @Test
  void rotatedMaterial_hasTheDateOfItsRotation() throws Exception {
    for (int i = 3; i >= 0; i--) {
      fake.rotate(arn, ROTATED.minus(Duration.ofDays(i)));
    }
    assertThat(describe("").createdAt()).contains(ROTATED);
    assertThat(describe("").current()).isEqualTo(KeyVersions.of(fake.currentMaterial(arn)));
    assertThat(describe("").current().value().size()).isEqualTo(8);
  }

  private List<Optional<Instant>> dates(KekDescription description) {
    return description.versions().stream().map(DatedVersion::createdAt).toList();
  }

  @Test
  void versions_areAllMaterials_newestFirstWithTheirDates() throws Exception {
    List<KekVersion> newestFirst = new ArrayList<>();
    newestFirst.add(KeyVersions.of(fake.currentMaterial(arn)));
    for (int i = 2; i >= 0; i--) {
      fake.rotate(arn, LATER.minus(Duration.ofDays(i)));
      newestFirst.addFirst(KeyVersions.of(fake.currentMaterial(arn)));
    }
    KekDescription description = describe("");
    assertThat(description.versions().stream().map(DatedVersion::version))
        .containsExactlyElementsOf(newestFirst);
    assertThat(dates(description).subList(0, 3))
        .containsExactly(
            Optional.of(LATER),
            Optional.of(LATER.minus(Duration.ofDays(1))),
            Optional.of(LATER.minus(Duration.ofDays(2))));
    assertThat(dates(description).getLast().orElseThrow())
        .isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now());
  }

  @Test
  void importedMaterialThatWaits_isNoVersion() throws Exception {
    fake.rotate(arn, LATER);
    fake.importedMaterialWaits();
    assertThat(describe("").versions()).hasSize(2);
  }

  @Test
  void materialThatIsListedBeforeItIsCurrent_isLeftOut() throws Exception {
    fake.rotate(arn, LATER);
    KekDescription before = describe("");
    fake.rotate(arn, LATER.plusSeconds(60));
    fake.behind("DescribeKey", 1);
    assertThat(describe("").versions()).isEqualTo(before.versions());
  }

  @Test
  void materialThatIsCurrentBeforeItIsListed_hasNoTimeAndTheOthersHave() throws Exception {
    fake.rotate(arn, LATER);
    KekDescription before = describe("");
    fake.rotate(arn, LATER.plusSeconds(60));
    fake.behind("ListKeyRotations", 1);
    KekDescription description = describe("");
    assertThat(description.current()).isEqualTo(KeyVersions.of(fake.currentMaterial(arn)));
    assertThat(description.createdAt()).isEmpty();
    assertThat(description.versions().subList(1, 3)).isEqualTo(before.versions());
  }

  @Test
  void serviceTime_isTheDateOfTheAnswer() throws Exception {
    Path credentials = AwsFixture.credentials(folder);
    try (DateRelay relay = new DateRelay(fake.endpoint(), "Date: Sun, 06 Nov 1994 08:49:37 GMT");
        AwsKek kek =
            AwsKek.open(
                AwsFixture.settings(AwsFixture.yaml(arn, relay.address(), credentials)), "r")) {
      assertThat(kek.describe(AwsFixture.soon()).serviceTime())
          .contains(Instant.parse("1994-11-06T08:49:37Z"));
      relay.header("Date: Sun, 6 Nov 1994 08:49:37 GMT");
      assertThat(kek.describe(AwsFixture.soon()).serviceTime()).isEmpty();
      relay.header("");
      assertThat(kek.describe(AwsFixture.soon()).serviceTime()).isEmpty();
    }
  }

  @Test
  void date_isAskedOnceForEachMaterial() throws Exception {
    try (AwsKek kek = AwsFixture.open(fake, arn, "r", folder)) {
      for (int i = 0; i < 5; i++) {
        assertThat(kek.describe(AwsFixture.soon()).createdAt()).isPresent();
      }
      assertThat(fake.count("kms:DescribeKey")).isEqualTo(5);
      assertThat(fake.count("kms:ListKeyRotations")).isEqualTo(1);
      fake.rotate(arn, ROTATED);
      assertThat(kek.describe(AwsFixture.soon()).createdAt()).contains(ROTATED);
      assertThat(fake.count("kms:ListKeyRotations")).isEqualTo(2);
    }
  }

  @Test
  void date_thatMayNotBeAsked_isUnknown() throws Exception {
    fake.allow(FakeAwsKms.ACCESS_KEY, Set.of("kms:DescribeKey"));
    assertThat(describe("").createdAt()).isEmpty();
    assertThat(describe("").versions())
        .containsExactly(Rotations.undated(fake.currentMaterial(arn)));
  }

  @Test
  void pinnedKey_hasOneVersionForEver() throws Exception {
    KekVersion before = describe("pinned: true\n").current();
    fake.rotate(arn, ROTATED);
    assertThat(describe("pinned: true\n").current()).isEqualTo(before).isEqualTo(KeyVersions.NONE);
    assertThat(describe("pinned: true\n").versions()).containsExactly(Rotations.undated(null));
    assertThat(fake.count("kms:ListKeyRotations")).isZero();
  }

  @Test
  void serviceWithoutMaterialIds_hasTheEmptyVersion() throws Exception {
    fake.withoutMaterialIds();
    KekDescription description = describe("");
    assertThat(description.current()).isEqualTo(KeyVersions.NONE);
    assertThat(description.createdAt()).isEmpty();
  }

  @Test
  void wrap_namesTheMaterialThatReallyWrapped() throws Exception {
    try (AwsKek kek = AwsFixture.open(fake, arn, "r", folder);
        KeyMaterial master = KeyMaterial.adopt(new byte[32])) {
      KekVersion described = kek.describe(AwsFixture.soon()).current();
      fake.rotate(arn, ROTATED);
      WrappedKey wrapped = kek.wrap(master, described, AwsFixture.soon());
      assertThat(wrapped.version())
          .isEqualTo(KeyVersions.of(fake.currentMaterial(arn)))
          .isNotEqualTo(described);
    }
  }
}
