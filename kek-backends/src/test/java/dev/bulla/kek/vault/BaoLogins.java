// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Logins to a real OpenBao, each test with a key of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BaoLogins {
  final Path folder;
  final OpenBao bao;
  final List<Notice> notices = new ArrayList<>();
  BaoKey key;
  int keys;

  BaoLogins(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.bao = OpenBao.start(Files.createTempDirectory(folder, "bao"));
    this.key = BaoKey.create(bao, "first", folder);
  }

  @BeforeEach
  void newKey() throws Exception {
    key = BaoKey.create(bao, "k" + keys++, folder);
  }

  @AfterAll
  void stop() {
    bao.close();
  }

  final VaultKek open(String yaml) throws Exception {
    return VaultKek.open(BaoKey.settings(yaml), "scope", new Notices(notices::add));
  }

  static void assertServes(Kek kek) throws Exception {
    byte[] bytes = new byte[Kek.MASTER_BYTES];
    bytes[31] = 9;
    try (KeyMaterial master = KeyMaterial.adopt(bytes)) {
      WrappedKey wrapped = kek.wrap(master, kek.describe(BaoKey.soon()).current(), BaoKey.soon());
      try (KeyMaterial again = kek.unwrap(wrapped, BaoKey.soon())) {
        assertThat(again.sameAs(master)).isTrue();
      }
    }
  }

  final void assertServes(String auth) throws Exception {
    try (Kek kek = open(key.yaml(auth))) {
      assertServes(kek);
    }
  }

  final void enable(String method) throws Exception {
    if (bao.request("GET", "sys/auth/" + method, "", "").statusCode() != 200) {
      var _ = bao.post("sys/auth/" + method, "{\"type\":\"" + method + "\"}");
    }
  }

  final String file(String name) {
    return key.folder().resolve(name).toString();
  }
}
