// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.kek.vault.fake.FakeTransit;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** KEKs on the fake, from settings as an operator writes them. */
final class FakeFixture {
  private FakeFixture() {}

  static String auth(Path folder) throws IOException {
    Files.writeString(folder.resolve("role-id"), FakeTransit.ROLE_ID);
    Files.writeString(folder.resolve("secret-id"), FakeTransit.SECRET_ID);
    return "{ appRole: { roleIdFile: %s/role-id, secretIdFile: %s/secret-id } }"
        .formatted(folder, folder);
  }

  static String yaml(URI address, String key, String auth) {
    return """
    address: %s
    allowPlainHttp: true
    key: %s
    auth: %s
    """
        .formatted(address, key, auth);
  }

  static VaultKek open(FakeTransit fake, String key, String scope, Path folder) throws Exception {
    return open(yaml(fake.address(), key, auth(folder)), scope);
  }

  static VaultKek open(String yaml, String scope) throws Exception {
    return VaultKek.open(BaoKey.settings(yaml), scope);
  }

  /** Waits for the first login, which loads the classes of the AWS SDK if it needs them. */
  static void awaitLogin(VaultKek kek) throws KekException {
    Deadline end = Deadline.after(Duration.ofSeconds(20), Ticker.system());
    while (true) {
      try {
        var _ = kek.describe(soon());
        return;
      } catch (KekException.Unavailable e) {
        if (end.expired() || !String.valueOf(e.getMessage()).endsWith("still under way")) {
          throw e;
        }
      }
    }
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5), Ticker.system());
  }
}
