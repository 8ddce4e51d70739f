// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.Fault;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekContract;
import dev.bulla.kek.aws.fake.AwsFault;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, against the strict fake. */
final class AwsKekTest extends KekContract {
  @TempDir private Path folder;
  private final FakeAwsKms fake;
  private final String arn;

  AwsKekTest() throws IOException {
    fake = FakeAwsKms.start();
    arn = fake.createKey();
  }

  @Override
  protected Kek open() throws Exception {
    return AwsFixture.open(fake, arn, "contract", folder);
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  @Override
  protected Kek openForOtherScope() throws Exception {
    return AwsFixture.open(fake, arn, "other", folder);
  }

  @Override
  protected Kek openOtherKey() throws Exception {
    return AwsFixture.open(fake, fake.createKey(), "contract", folder);
  }

  @Override
  protected void rotate() {
    fake.rotate(arn, Instant.now());
  }

  @Override
  protected Optional<String> cannot(Promise promise) {
    return switch (promise) {
      case VERSION_IS_CHECKED ->
          Optional.of("AWS finds the material by itself; the record is authenticated by the seal");
      case EARLIER_VERSION_WRAPS -> Optional.of("AWS wraps under its current material");
      case ROTATION_IS_SEEN, OTHER_KEY_IS_TOLD, TIME_IS_TOLD -> Optional.empty();
    };
  }

  @Override
  protected Optional<String> inject(Fault fault) {
    switch (fault) {
      case DOWN -> fake.close();
      case SLOW -> fake.fail(new AwsFault.Hang());
      case THROTTLED -> fake.rateLimit(1);
      case DENIED, UNWRAP_DENIED -> fake.allow(FakeAwsKms.ACCESS_KEY, Set.of("kms:Encrypt"));
      case DISABLED -> fake.state(arn, "Disabled");
      case PENDING_DELETION -> fake.state(arn, "PendingDeletion");
      case GONE -> fake.delete(arn);
      case OTHER_KEY -> fake.fail(new AwsFault.WrongKeyId());
      case GARBAGE -> fake.fail(new AwsFault.Html());
      case WRONG_MASTER -> fake.fail(new AwsFault.WrongPlaintext());
      case NONE -> {}
      case RECREATED -> {
        return Optional.of("AWS never gives an ARN to a second key");
      }
    }
    return Optional.empty();
  }
}
