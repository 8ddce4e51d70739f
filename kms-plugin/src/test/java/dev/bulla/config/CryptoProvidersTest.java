// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Each service is looked at by itself: here two providers share them. */
final class CryptoProvidersTest {
  @Test
  void services_areNamedWithWhoDoesThem() {
    assertThat(CryptoProviders.othersThan("SUN"))
        .containsExactly("AES/GCM/NoPadding by SunJCE", "HmacSHA256 by SunJCE");
    assertThat(CryptoProviders.othersThan("SunJCE"))
        .containsExactly("SHA-256 by SUN", "SecureRandom by SUN");
    assertThat(CryptoProviders.othersThan("BCFIPS")).hasSize(4);
  }
}
