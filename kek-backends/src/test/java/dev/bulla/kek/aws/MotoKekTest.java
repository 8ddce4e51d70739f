// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.Fault;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, against moto: another author's reading of the same protocol. */
final class MotoKekTest extends KekContract {
  @TempDir private Path folder;
  private final MotoServer moto;
  private final String arn;

  MotoKekTest() throws IOException, InterruptedException {
    moto = MotoServer.start();
    arn = moto.createKey();
  }

  @Override
  protected Kek open() throws Exception {
    return open(arn, "contract");
  }

  private Kek open(String key, String scope) throws Exception {
    Path credentials = AwsFixture.credentials(folder);
    return AwsKek.open(
        AwsFixture.settings(AwsFixture.yaml(key, moto.endpoint(), credentials)), scope);
  }

  @AfterEach
  void stop() {
    moto.close();
  }

  @Override
  protected Kek openForOtherScope() throws Exception {
    return open(arn, "other");
  }

  @Override
  protected Kek openOtherKey() throws Exception {
    return open(moto.createKey(), "contract");
  }

  private String id() {
    return arn.substring(arn.indexOf('/') + 1);
  }

  @Override
  protected void rotate() throws Exception {
    var _ = moto.call("RotateKeyOnDemand", "{\"KeyId\": \"" + id() + "\"}");
  }

  @Override
  protected Optional<String> cannot(Promise promise) {
    return switch (promise) {
      case VERSION_IS_CHECKED -> Optional.of("AWS finds the material by itself");
      case ROTATION_IS_SEEN -> Optional.of("moto has no ids of key material");
      case EARLIER_VERSION_WRAPS -> Optional.of("AWS wraps under its current material");
      case TIME_IS_TOLD -> Optional.empty();
      case OTHER_KEY_IS_TOLD -> Optional.of("moto answers AccessDeniedException");
    };
  }

  @Override
  protected Optional<String> inject(Fault fault) throws Exception {
    return switch (fault) {
      case NONE -> Optional.empty();
      case DOWN -> {
        moto.close();
        yield Optional.empty();
      }
      case SLOW, THROTTLED, DENIED, UNWRAP_DENIED, OTHER_KEY, GARBAGE, WRONG_MASTER ->
          Optional.of("moto does not do that");
      case DISABLED, PENDING_DELETION -> Optional.of("moto serves a key in every state");
      case RECREATED -> Optional.of("AWS never gives an ARN to a second key");
      case GONE -> {
        moto.close();
        yield Optional.of("moto deletes no key at once");
      }
    };
  }
}
