// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.Fault;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The contract, against a real OpenBao with TLS, policies and AppRole. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class VaultKekTest extends KekContract {
  private final Path folder;
  private OpenBao bao;
  private @Nullable BaoKey key;
  private int keys;

  VaultKekTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.bao = OpenBao.start(Files.createTempDirectory(folder, "bao"));
  }

  private OpenBao bao() throws Exception {
    if (!bao.isAlive()) {
      bao = OpenBao.start(Files.createTempDirectory(folder, "bao"));
    }
    return bao;
  }

  private BaoKey newKey() throws Exception {
    return BaoKey.create(bao(), "k" + keys++, folder);
  }

  private BaoKey key() {
    return Objects.requireNonNull(key);
  }

  @Override
  protected Kek open() throws Exception {
    key = newKey();
    return key().open("contract");
  }

  @Override
  protected Kek openForOtherScope() throws Exception {
    return key().open("other");
  }

  @Override
  protected Kek openOtherKey() throws Exception {
    return newKey().open("contract");
  }

  @Override
  protected void rotate() throws Exception {
    key().rotate();
  }

  @Override
  protected Optional<String> inject(Fault fault) throws Exception {
    switch (fault) {
      case NONE -> {}
      case DOWN -> bao().kill();
      case SLOW -> bao().freeze();
      case THROTTLED -> throttle();
      case DENIED -> key().policy(BaoKey.Policy.NOTHING);
      case UNWRAP_DENIED -> key().policy(BaoKey.Policy.NO_DECRYPT);
      case DISABLED -> key().softDelete();
      case GONE -> key().delete();
      case RECREATED -> key().recreate();
      case PENDING_DELETION -> {
        return Optional.of("transit deletes a key at once");
      }
      case OTHER_KEY, GARBAGE, WRONG_MASTER -> {
        return Optional.of("OpenBao does not do that");
      }
    }
    return Optional.empty();
  }

  private void throttle() throws Exception {
    var _ =
        bao()
            .post(
                "sys/quotas/rate-limit/contract",
                "{\"rate\":1,\"interval\":\"10m\",\"path\":\"transit/\"}");
    var _ = bao().get("transit/keys/" + key().name());
  }

  @AfterEach
  void mend() throws Exception {
    if (bao.isAlive()) {
      bao.thaw();
      var _ = bao.request("DELETE", "sys/quotas/rate-limit/contract", "", "");
    }
  }

  @AfterAll
  void stop() {
    bao.close();
  }
}
