// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import java.security.Security;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Lets the JDK find its own AES, HMAC and HKDF without the providers that stand before. It asks one
 * after the other, and sets up each that it asks: tables of elliptic curves and TLS, a twentieth of
 * the time until a plugin answers. What is found stays the same, for none of those has anything
 * that the later one has too. A list of another order is left alone, and so is what {@code
 * crypto.requireProvider} means.
 */
public final class JdkProviders {
  /** How every JDK comes. */
  static final List<String> USUAL = List.of("SUN", "SunRsaSign", "SunEC", "SunJSSE", "SunJCE");

  private static final List<String> SOONER =
      List.of("SUN", "SunJCE", "SunRsaSign", "SunEC", "SunJSSE");

  private JdkProviders() {}

  /** To be called before anything else uses cryptography: the list is read once. */
  public static void sooner() {
    if (!listed().equals(USUAL)) {
      return;
    }
    for (int i = 0; i < SOONER.size(); i++) {
      Security.setProperty(place(i), SOONER.get(i));
    }
  }

  private static List<String> listed() {
    return IntStream.range(0, USUAL.size())
        .mapToObj(i -> Objects.requireNonNullElse(Security.getProperty(place(i)), ""))
        .toList();
  }

  private static String place(int index) {
    return "security.provider." + (index + 1);
  }
}
