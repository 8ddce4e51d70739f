// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which version a key has, since when, and what names it. */
final class AwsRotationTest {
  private static final Instant ROTATED = Instant.parse("2026-11-01T10:00:00Z");

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

  @Test
  void date_isAskedOnceForEachMaterial() throws Exception {
    try (AwsKek kek = AwsFixture.open(fake, arn, "r", folder)) {
      for (int i = 0; i < 5; i++) {
        assertThat(kek.describe(AwsFixture.soon()).createdAt()).isPresent();
      }
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
    assertThat(describe("").current()).isEqualTo(KeyVersions.of(fake.currentMaterial(arn)));
  }

  @Test
  void pinnedKey_hasOneVersionForEver() throws Exception {
    KekVersion before = describe("pinned: true\n").current();
    fake.rotate(arn, ROTATED);
    assertThat(describe("pinned: true\n").current()).isEqualTo(before).isEqualTo(KeyVersions.NONE);
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
