// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Provider;
import java.security.Security;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class JdkProvidersTest {
  private static final int LISTED = 5;
  private static final String ALIAS = "Alg.Alias.";

  private final List<String> before = listed();

  @AfterEach
  void restore() {
    list(before);
  }

  /** What makes the other order mean the same. */
  @Test
  void whatStandsBefore_hasNothingOfWhatIsMoved() {
    Set<String> moved = services("SunJCE");
    assertThat(moved)
        .contains(
            "Cipher.AES/GCM/NoPadding",
            "Mac.HmacSHA256",
            "KDF.HKDF-SHA256",
            "Cipher.2.16.840.1.101.3.4.1");
    for (String passed : List.of("SunRsaSign", "SunEC", "SunJSSE")) {
      Set<String> both = services(passed);
      both.retainAll(moved);
      assertThat(both).as(passed).isEmpty();
    }
  }

  @Test
  void usualList_hasItsOwnProviderSooner() {
    list(JdkProviders.USUAL);
    JdkProviders.sooner();
    assertThat(listed()).containsExactly("SUN", "SunJCE", "SunRsaSign", "SunEC", "SunJSSE");
  }

  @Test
  void otherList_isLeftAlone() {
    List<String> others = List.of("BCFIPS", "SUN", "SunRsaSign", "SunEC", "SunJCE");
    list(others);
    JdkProviders.sooner();
    assertThat(listed()).isEqualTo(others);
  }

  private static Set<String> services(String provider) {
    Provider found = Security.getProvider(provider);
    Stream<String> names =
        found.getServices().stream()
            .map(service -> service.getType() + "." + service.getAlgorithm());
    Stream<String> aliases =
        found.stringPropertyNames().stream()
            .filter(name -> name.startsWith(ALIAS))
            .map(name -> name.substring(ALIAS.length()));
    return Stream.concat(names, aliases).collect(Collectors.toCollection(HashSet::new));
  }

  private static List<String> listed() {
    return IntStream.rangeClosed(1, LISTED)
        .mapToObj(place -> Security.getProperty("security.provider." + place))
        .toList();
  }

  private static void list(List<String> names) {
    for (int i = 0; i < LISTED; i++) {
      Security.setProperty("security.provider." + (i + 1), names.get(i));
    }
  }
}
