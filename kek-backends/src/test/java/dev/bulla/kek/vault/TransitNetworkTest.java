// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.vault.fake.FakeTransit;
import dev.bulla.kek.vault.fake.TransitFault;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way to the service: TLS names, a proxy, and what goes over the wire to stay logged in. */
final class TransitNetworkTest {
  private static final long CREATED = 1_795_452_494;

  @TempDir private Path folder;

  @Test
  void serverName_isCheckedInsteadOfTheNumber() throws Exception {
    TestCa ca = TestCa.create(folder);
    ca.issue("vault", "san=dns:vault.example");
    var shown =
        new VaultSettings.Network(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(ca.certificateOf("vault")),
            Optional.of(ca.keyOf("vault")));
    try (FakeTransit fake = FakeTransit.startTls(Tls.context(shown))) {
      fake.createKey("k", CREATED);
      String yaml =
          FakeFixture.yaml(fake.address(), "k", FakeFixture.auth(folder))
              + "caFile: "
              + ca.certificate()
              + "\n";
      try (Kek kek = FakeFixture.open(yaml, "s")) {
        assertThatThrownBy(() -> kek.describe(FakeFixture.soon()))
            .isInstanceOf(KekException.Unavailable.class)
            .hasMessageContaining("of that name");
      }
      try (Kek kek = FakeFixture.open(yaml + "serverName: other.example\n", "s")) {
        assertThatThrownBy(() -> kek.describe(FakeFixture.soon()))
            .isInstanceOf(KekException.Unavailable.class);
      }
      try (Kek kek = FakeFixture.open(yaml + "serverName: vault.example\n", "s")) {
        var _ = kek.describe(FakeFixture.soon());
      }
    }
  }

  @Test
  void proxy_isUsedForLoginsAndCalls() throws Exception {
    try (FakeTransit fake = FakeTransit.start()) {
      fake.createKey("k", CREATED);
      String yaml =
          """
          address: http://127.0.0.1:1
          allowPlainHttp: true
          key: k
          proxy: { address: "%s" }
          auth: %s
          """
              .formatted(fake.address(), FakeFixture.auth(folder));
      try (Kek kek = FakeFixture.open(yaml, "s")) {
        var _ = kek.describe(FakeFixture.soon());
      }
    }
  }

  @Test
  void renewal_asksForAllThatTheTokenEverHad() throws Exception {
    try (FakeTransit fake = FakeTransit.start()) {
      fake.createKey("k", CREATED);
      fake.leaseSeconds(2);
      try (Kek kek = FakeFixture.open(fake, "k", "s", folder)) {
        var _ = kek.describe(FakeFixture.soon());
        Deadline end = FakeFixture.soon();
        while (fake.count("auth/token/renew-self") == 0 && !end.expired()) {
          var _ = new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
        }
      }
      assertThat(fake.calls())
          .filteredOn(call -> call.path().equals("auth/token/renew-self"))
          .first()
          .satisfies(call -> assertThat(call.body()).isEqualTo("{\"increment\":2}"));
    }
  }

  @Test
  void tokenThatNoHeaderCanCarry_isRefusedAndNotQuoted() throws Exception {
    try (FakeTransit fake = FakeTransit.start()) {
      fake.fail(new TransitFault.Field("client_token", "\"bad\\ntoken\""));
      try (Kek kek = FakeFixture.open(fake, "k", "s", folder)) {
        assertThatThrownBy(() -> kek.describe(FakeFixture.soon()))
            .isInstanceOf(KekException.Untrustworthy.class)
            .hasMessage("the login was answered without a token")
            .hasNoCause();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 502})
  void loginThatMeetsAProxy_isAnOutageAndNoRefusal(int status) throws Exception {
    try (FakeTransit fake = FakeTransit.start()) {
      fake.fail(new TransitFault.Page(status));
      try (Kek kek = FakeFixture.open(fake, "k", "s", folder)) {
        assertThatThrownBy(() -> kek.describe(FakeFixture.soon()))
            .isInstanceOf(KekException.Unavailable.class);
      }
    }
  }

  @Test
  void firstCall_endsAtItsDeadline_whileTheLoginGoesOn() throws Exception {
    try (FakeTransit fake = FakeTransit.start()) {
      fake.fail(new TransitFault.Hang());
      try (Kek kek = FakeFixture.open(fake, "k", "s", folder)) {
        Deadline bound = Deadline.after(Duration.ofSeconds(1), Ticker.system());
        Deadline deadline = Deadline.after(Duration.ofMillis(100), Ticker.system());
        assertThatThrownBy(() -> kek.describe(deadline))
            .isInstanceOf(KekException.Unavailable.class);
        assertThat(bound.expired()).isFalse();
      }
    }
  }
}
