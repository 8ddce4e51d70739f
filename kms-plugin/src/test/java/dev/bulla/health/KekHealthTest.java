// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of design §6, line by line: what happened, how long ago, and what follows. */
final class KekHealthTest {
  private static final OutageLimits LIMITS = OutageLimits.DEFAULT;

  /** Plays events such as {@code "confirmed@0 unavailable@10 revoked@40"}, times in seconds. */
  private static KekHealth after(String events) {
    KekHealth health = KekHealth.UNKNOWN;
    for (String event : events.isEmpty() ? new String[0] : events.split(" ", -1)) {
      String[] parts = event.split("@", -1);
      long at = seconds(Long.parseLong(parts[1]));
      health =
          switch (parts[0]) {
            case "confirmed" -> health.confirmed(at);
            case "resumed" -> health.resumedAfter(at);
            default -> health.failed(Setback.valueOf(parts[0].toUpperCase(Locale.ROOT)), at);
          };
    }
    return health;
  }

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # events                                                , at,     phase,    encrypt, open
          ''                                                      , 0,      COLD,     false,   false
          unavailable@0 unavailable@1                             , 2,      COLD,     false,   false
          confirmed@0                                             , 0,      HEALTHY,  true,    true
          confirmed@0                                             , 120,    HEALTHY,  true,    true
          confirmed@0                                             , 121,    DEGRADED, true,    true
          confirmed@0 unavailable@60                              , 61,     HEALTHY,  true,    true
          confirmed@0 unavailable@60 unavailable@61               , 62,     DEGRADED, true,    true
          confirmed@0 unavailable@60 throttled@61                 , 62,     DEGRADED, true,    true
          confirmed@0 unavailable@60 unavailable@61 confirmed@62  , 63,     HEALTHY,  true,    true
          confirmed@0 unavailable@60 confirmed@61 unavailable@62  , 63,     HEALTHY,  true,    true
          confirmed@0 unavailable@60 unavailable@61               , 1799,   DEGRADED, true,    true
          confirmed@0 unavailable@60 unavailable@61               , 1800,   DEGRADED, false,   true
          confirmed@0 unavailable@60 unavailable@61               , 86399,  DEGRADED, false,   true
          confirmed@0 unavailable@60 unavailable@61               , 86400,  DEGRADED, false,   false
          confirmed@0 denied@60                                   , 61,     HEALTHY,  true,    true
          confirmed@0 denied@60 denied@90                         , 1799,   DEGRADED, true,    true
          confirmed@0 denied@60 denied@90                         , 3659,   DEGRADED, false,   true
          confirmed@0 denied@60 denied@90                         , 3660,   DEGRADED, false,   false
          confirmed@0 denied@60 denied@61                         , 3661,   DEGRADED, false,   true
          confirmed@0 denied@60 denied@90 unavailable@91          , 3660,   DEGRADED, false,   false
          confirmed@0 untrustworthy@60 untrustworthy@61           , 62,     DEGRADED, true,    true
          confirmed@0 revoked@60                                  , 61,     DEGRADED, true,    true
          confirmed@0 revoked@60 revoked@89                       , 89,     DEGRADED, true,    true
          confirmed@0 revoked@60 revoked@90                       , 90,     REVOKED,  false,   true
          confirmed@0 revoked@60 revoked@90                       , 989,    REVOKED,  false,   true
          confirmed@0 revoked@60 revoked@90                       , 990,    REVOKED,  false,   false
          confirmed@0 revoked@60 unavailable@70 revoked@90        , 90,     REVOKED,  false,   true
          confirmed@0 revoked@60 confirmed@70 revoked@100         , 101,    DEGRADED, true,    true
          confirmed@0 revoked@60 revoked@90 unavailable@91        , 92,     REVOKED,  false,   true
          confirmed@0 revoked@60 revoked@90 confirmed@120         , 121,    HEALTHY,  true,    true
          revoked@0 revoked@30                                    , 31,     REVOKED,  false,   true
          confirmed@0 resumed@10                                  , 1,      DEGRADED, false,   true
          confirmed@0 resumed@10 confirmed@2                      , 3,      HEALTHY,  true,    true
          confirmed@0 resumed@86400                               , 1,      DEGRADED, false,   false
          confirmed@0 revoked@60 revoked@90 resumed@900           , 91,     REVOKED,  false,   false
          """)
  void table_ofDesign6(String events, long at, Phase phase, boolean encrypt, boolean open) {
    KekHealth health = after(events);
    assertThat(health.phase(seconds(at))).isEqualTo(phase);
    assertThat(health.mayEncrypt(seconds(at), LIMITS)).as("encrypt").isEqualTo(encrypt);
    assertThat(health.mayOpen(seconds(at), LIMITS)).as("open").isEqualTo(open);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          confirmed@0                               , 120, true
          confirmed@0                               , 121, false
          confirmed@0 unavailable@60                , 61,  true
          confirmed@0 unavailable@60 unavailable@61 , 61,  false
          confirmed@0 revoked@60                    , 60,  false
          """)
  void strict_doesNothingWithoutTheKek(String events, long at, boolean works) {
    KekHealth health = after(events);
    assertThat(health.mayEncrypt(seconds(at), OutageLimits.STRICT)).isEqualTo(works);
    assertThat(health.mayOpen(seconds(at), OutageLimits.STRICT)).isEqualTo(works);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ''                                           , false
          confirmed@0 unavailable@1                    , false
          confirmed@0 unavailable@1 unavailable@2      , true
          unavailable@1 unavailable@2                  , true
          confirmed@0 denied@1 denied@2                , true
          confirmed@0 throttled@1 throttled@2          , false
          confirmed@0 unavailable@1 throttled@2        , false
          confirmed@0 unavailable@1 unavailable@2 confirmed@3 , false
          """)
  void away_afterTwoFailuresThatAreNotThrottling(String events, boolean away) {
    assertThat(after(events).isAway()).isEqualTo(away);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ''                                             , 0,  false
          unavailable@0                                  , 1,  false
          confirmed@0                                    , 1,  false
          confirmed@0 unavailable@60                     , 60, true
          confirmed@0 unavailable@60 unavailable@63      , 63, true
          confirmed@0 unavailable@60 unavailable@63      , 64, false
          confirmed@0 unavailable@60 confirmed@61        , 62, false
          confirmed@0 unavailable@60 denied@61           , 62, false
          confirmed@0 unavailable@60 throttled@61        , 62, false
          confirmed@0 revoked@60 unavailable@61          , 62, false
          confirmed@0 unavailable@60 resumed@100         , 61, false
          """)
  void doubt_isForFourSecondsAfterTheFirstFailureOfAKekThatWorked(
      String events, long at, boolean doubt) {
    assertThat(after(events).isInDoubt(seconds(at), KekHealth.DOUBT_FOR)).isEqualTo(doubt);
  }

  /** Every sequence of six events: what must hold whatever happens. */
  @Test
  void sequences_ofEveryKind_keepTheInvariants() {
    List<String> kinds =
        List.of("confirmed", "unavailable", "throttled", "denied", "revoked", "untrustworthy");
    List<KekHealth> reached = new ArrayList<>(List.of(KekHealth.UNKNOWN));
    for (int i = 0; i < 6; i++) {
      long now = seconds(31L * (i + 1));
      List<KekHealth> next = new ArrayList<>();
      for (KekHealth before : reached) {
        for (String kind : kinds) {
          next.add(
              kind.equals("confirmed")
                  ? before.confirmed(now)
                  : before.failed(Setback.valueOf(kind.toUpperCase(Locale.ROOT)), now));
        }
      }
      next.forEach(health -> assertInvariants(health, now));
      reached = next;
    }
    assertThat(reached).hasSize(46_656);
  }

  private static void assertInvariants(KekHealth health, long now) {
    for (long later : new long[] {0, 60, 1_800, 3_600, 86_400, 200_000}) {
      long at = now + seconds(later);
      boolean encrypt = health.mayEncrypt(at, LIMITS);
      assertThat(encrypt && !health.confirmed()).as("seals before anything worked").isFalse();
      assertThat(encrypt && !health.mayOpen(at, LIMITS)).as("seals what it may not open").isFalse();
      assertThat(encrypt && health.phase(at) == Phase.REVOKED).isFalse();
      assertThat(health.mayOpen(at, LIMITS) && later > 86_400).as("opens for ever").isFalse();
    }
    if (health.setback().isEmpty() && health.confirmed()) {
      assertThat(health.phase(now)).isEqualTo(Phase.HEALTHY);
    }
    boolean transientOnly =
        health.confirmed()
            && health.revoked() instanceof Claim.Unsaid
            && health.denied() instanceof Claim.Unsaid;
    if (transientOnly) {
      assertThat(health.mayOpen(health.confirmedAtNanos() + seconds(86_399), LIMITS))
          .as("a transient failure erases nothing before its grace (I7)")
          .isTrue();
    }
  }

  @Test
  void limits_thatWriteLongerThanTheyRead_areRefused() {
    assertThatThrownBy(
            () -> new OutageLimits(Duration.ofHours(2), Duration.ofHours(1), Duration.ZERO))
        .hasMessageContaining("encryptFor must not be longer than decryptFor");
    assertThatThrownBy(
            () -> new OutageLimits(Duration.ofHours(-1), Duration.ofHours(1), Duration.ZERO))
        .hasMessageContaining("encryptFor must be 0 to 30 days");
  }
}
