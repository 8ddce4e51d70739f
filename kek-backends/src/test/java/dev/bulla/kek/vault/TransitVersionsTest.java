// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.DateRelay;
import dev.bulla.kek.DatedVersion;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.vault.fake.FakeTransit;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which versions a transit key is said to have, and what its service's clock shows. */
final class TransitVersionsTest {
  private static final long CREATED = 1_795_452_494;

  @TempDir private Path folder;
  private final FakeTransit fake;

  TransitVersionsTest() throws IOException {
    fake = FakeTransit.start();
    fake.createKey("k", CREATED + 1);
    for (int version = 2; version <= 4; version++) {
      fake.rotate("k", CREATED + version);
    }
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private KekDescription describe(URI address, String more) throws Exception {
    String yaml = FakeFixture.yaml(address, "k", FakeFixture.auth(folder)) + more;
    try (Kek kek = FakeFixture.open(yaml, "scope")) {
      return kek.describe(FakeFixture.soon());
    }
  }

  private static List<DatedVersion> versions(long... numbers) {
    return LongStream.of(numbers)
        .mapToObj(
            number ->
                new DatedVersion(
                    new TransitVersion(number, CREATED + number).encoded(),
                    Optional.of(Instant.ofEpochSecond(CREATED + number))))
        .toList();
  }

  @Test
  void versions_areAllThatWrap_newestFirstWithTheirTimes() throws Exception {
    assertThat(describe(fake.address(), "").versions()).isEqualTo(versions(4, 3, 2, 1));
  }

  @ParameterizedTest
  @CsvSource({"2, 0", "1, 2", "2, 1", "2, 2"})
  void versions_thatMayNoLongerWrapOrDecrypt_areLeftOut(String minDecryption, String minEncryption)
      throws Exception {
    fake.set(
        "k",
        Map.of("min_decryption_version", minDecryption, "min_encryption_version", minEncryption));
    assertThat(describe(fake.address(), "").versions()).isEqualTo(versions(4, 3, 2));
  }

  @Test
  void latestVersion_isListedWhateverTheLimits() throws Exception {
    fake.set("k", Map.of("min_encryption_version", "9"));
    assertThat(describe(fake.address(), "").versions()).isEqualTo(versions(4));
  }

  @Test
  void pinnedVersion_isListedAlone() throws Exception {
    assertThat(describe(fake.address(), "pinned: 2\n").versions()).isEqualTo(versions(2));
  }

  @Test
  void versions_beyondTheMost_areLeftOut() throws Exception {
    for (int version = 5; version <= 100; version++) {
      fake.rotate("k", CREATED + version);
    }
    assertThat(describe(fake.address(), "").versions())
        .hasSize(KekDescription.MOST_VERSIONS)
        .startsWith(versions(100, 99).toArray(DatedVersion[]::new));
  }

  @Test
  void serviceTime_isTheDateOfTheAnswer() throws Exception {
    try (DateRelay relay = new DateRelay(fake.address(), "Date: Sun, 06 Nov 1994 08:49:37 GMT")) {
      assertThat(describe(relay.address(), "").serviceTime())
          .contains(Instant.parse("1994-11-06T08:49:37Z"));
      relay.header("Date: Sun, 6 Nov 1994 08:49:37 GMT");
      assertThat(describe(relay.address(), "").serviceTime()).isEmpty();
      relay.header("");
      assertThat(describe(relay.address(), "").serviceTime()).isEmpty();
    }
  }
}
