// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.envelope.Obstacle;
import io.grpc.Status;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of errors: each obstacle has a code and a text, and a defect tells nothing. */
final class KmsErrorsTest {
  @ParameterizedTest
  @EnumSource(Obstacle.class)
  void obstacle_hasItsCodeAndAShortText(Obstacle obstacle) {
    Status.Code expected =
        switch (obstacle) {
          case KEK_REVOKED -> Status.Code.FAILED_PRECONDITION;
          case TOO_MANY_UNWRAPS -> Status.Code.RESOURCE_EXHAUSTED;
          case STARTING,
              KEK_UNAVAILABLE,
              KEK_THROTTLED,
              KEK_DENIED,
              KEK_UNTRUSTWORTHY,
              KEK_UNCONFIRMED,
              KEK_ROLLED_BACK,
              DEK_SPENT,
              TOO_SLOW ->
              Status.Code.UNAVAILABLE;
        };
    assertThat(KmsErrors.of(obstacle).getCode()).isEqualTo(expected);
    assertThat(KmsErrors.of(obstacle).getDescription()).startsWith("bulla: ").hasSizeLessThan(80);
  }

  @Test
  void defect_isInternalAndTellsNothing() {
    Status status =
        KmsErrors.of(new CompletionException(new IllegalStateException("key=123"))).getStatus();
    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getDescription()).doesNotContain("123");
  }

  @Test
  void callerThatHasGone_isNoDefect() {
    assertThat(KmsErrors.of(new CancellationException()).getStatus().getCode())
        .isEqualTo(Status.Code.CANCELLED);
  }
}
