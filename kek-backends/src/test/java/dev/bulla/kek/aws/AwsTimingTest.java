// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.aws.fake.AwsFault;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a caller waits, and how often AWS is asked, when it is stuck, busy or half away. */
final class AwsTimingTest {
  private static final Duration BOUND = Duration.ofMillis(1500);

  @TempDir private Path folder;
  private final FakeAwsKms fake;

  AwsTimingTest() throws IOException {
    fake = FakeAwsKms.start();
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private static WrappedKey warmed(AwsKek kek) throws KekException {
    try (KeyMaterial master = KeyMaterial.adopt(new byte[32])) {
      WrappedKey wrapped = kek.wrap(master, KeyVersions.NONE, AwsFixture.soon());
      kek.unwrap(wrapped, AwsFixture.soon()).close();
      return wrapped;
    }
  }

  @Test
  void stuckEndpoint_answersWithinItsBound() throws Exception {
    try (AwsKek kek = AwsFixture.open(fake, fake.createKey(), "t", folder)) {
      WrappedKey wrapped = warmed(kek);
      fake.fail(new AwsFault.Hang());
      long from = System.nanoTime();
      assertThatThrownBy(() -> kek.unwrap(wrapped, AwsFixture.soon()))
          .isInstanceOf(KekException.Unavailable.class);
      assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(BOUND);
    }
  }

  @Test
  void busyEndpoint_isAskedATenthMore() throws Exception {
    try (AwsKek kek = AwsFixture.open(fake, fake.createKey(), "t", folder)) {
      WrappedKey wrapped = warmed(kek);
      fake.clearCalls();
      fake.fail(new AwsFault.Answer("ThrottlingException", 400));
      for (int i = 0; i < 50; i++) {
        assertThatThrownBy(() -> kek.unwrap(wrapped, AwsFixture.soon()))
            .isInstanceOf(KekException.Throttled.class);
      }
      assertThat(fake.count("kms:Decrypt")).isBetween(51, 56);
    }
  }

  private AwsKek multiRegion(String arn) throws Exception {
    String yaml =
        AwsFixture.yaml(arn, fake.endpoint(), AwsFixture.credentials(folder))
            + "failover: [ { region: eu-west-1, endpoint: \"%s\" } ]\n".formatted(fake.endpoint());
    return AwsKek.open(AwsFixture.settings(yaml), "t");
  }

  @Test
  void multiRegionKey_isOneIdentityAndServedByEitherRegion() throws Exception {
    String arn = fake.createMultiRegionKey();
    String replica = fake.replica(arn, "eu-west-1");
    try (AwsKek kek = multiRegion(arn);
        AwsKek other = AwsFixture.open(fake, replica, "t", folder)) {
      WrappedKey wrapped = warmed(kek);
      assertThat(other.identity()).isEqualTo(kek.identity());
      other.unwrap(wrapped, AwsFixture.soon()).close();
      // All but the service's time, which goes on.
      KekDescription here = kek.describe(AwsFixture.soon());
      KekDescription there = other.describe(AwsFixture.soon());
      assertThat(there.identity()).isEqualTo(here.identity());
      assertThat(there.versions()).isEqualTo(here.versions());
      assertThat(there.state()).isEqualTo(here.state());
    }
  }

  @Test
  void regionThatIsAway_costsOneRefusedCall() throws Exception {
    String arn = fake.createMultiRegionKey();
    String replica = fake.replica(arn, "eu-west-1");
    try (AwsKek kek = multiRegion(arn)) {
      WrappedKey wrapped = warmed(kek);
      fake.clearCalls();
      fake.failIn("eu-central-1", new AwsFault.Answer("KMSInternalException", 500));
      for (int i = 0; i < 20; i++) {
        kek.unwrap(wrapped, AwsFixture.soon()).close();
      }
      assertThat(fake.calls().stream().filter(call -> !call.accepted())).hasSize(1);
      assertThat(fake.calls().stream().filter(call -> call.keyId().equals(replica))).hasSize(20);
    }
  }

  @Test
  void regionThatIsStuck_isHedgedAndThenPassedBy() throws Exception {
    String arn = fake.createMultiRegionKey();
    String replica = fake.replica(arn, "eu-west-1");
    try (AwsKek kek = multiRegion(arn)) {
      WrappedKey wrapped = warmed(kek);
      fake.clearCalls();
      fake.failIn("eu-central-1", new AwsFault.Hang());
      long from = System.nanoTime();
      kek.unwrap(wrapped, AwsFixture.soon()).close();
      Duration hedged = Duration.ofNanos(System.nanoTime() - from);
      assertThat(hedged).isBetween(Duration.ofMillis(700), BOUND);
      kek.unwrap(wrapped, AwsFixture.soon()).close();
      assertThat(fake.calls()).hasSize(2).allMatch(call -> call.keyId().equals(replica));
    }
  }
}
