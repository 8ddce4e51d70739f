// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.Fault;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekContract;
import dev.bulla.kek.vault.fake.FakeTransit;
import dev.bulla.kek.vault.fake.TransitFault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, against the strict fake. */
final class FakeTransitKekTest extends KekContract {
  private static final long CREATED = 1_795_452_494;

  @TempDir private Path folder;
  private final FakeTransit fake;
  private long rotations;

  FakeTransitKekTest() throws IOException {
    fake = FakeTransit.start();
    fake.createKey("k", CREATED);
    fake.createKey("second", CREATED);
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  @Override
  protected Kek open() throws Exception {
    return FakeFixture.open(fake, "k", "contract", folder);
  }

  @Override
  protected Kek openForOtherScope() throws Exception {
    return FakeFixture.open(fake, "k", "other", folder);
  }

  @Override
  protected Kek openOtherKey() throws Exception {
    return FakeFixture.open(fake, "second", "contract", folder);
  }

  @Override
  protected void rotate() {
    fake.rotate("k", CREATED + 60 * ++rotations);
  }

  @Override
  protected Optional<String> inject(Fault fault) {
    switch (fault) {
      case NONE -> {}
      case DOWN -> fake.close();
      case SLOW -> fake.fail(new TransitFault.Hang());
      case THROTTLED ->
          fake.fail(new TransitFault.Status(429, "request path: rate limit quota exceeded"));
      case DENIED -> fake.allow(path -> false);
      case UNWRAP_DENIED -> fake.allow(path -> !path.contains("decrypt"));
      case DISABLED -> fake.set("k", Map.of("soft_deleted", "true"));
      case GONE -> fake.delete("k");
      case RECREATED -> fake.createKey("k", CREATED + 60);
      case OTHER_KEY -> fake.fail(new TransitFault.OtherKey());
      case GARBAGE -> fake.fail(new TransitFault.Page(200));
      case WRONG_MASTER -> fake.fail(new TransitFault.WrongPlaintext());
      case PENDING_DELETION -> {
        return Optional.of("transit deletes a key at once");
      }
    }
    return Optional.empty();
  }
}
