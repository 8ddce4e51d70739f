// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where the cryptography of envelopes comes from. Bulla and Tink name no provider, so each is the
 * first of the Java runtime's list that has it; which one that is, a cipher says once it has a key.
 */
final class CryptoProviders {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private CryptoProviders() {}

  /** Returns what does not come from the provider of that name, such as {@code SHA-256 by SUN}. */
  static List<String> othersThan(String provider) {
    List<String> others = new ArrayList<>();
    try {
      add(others, provider, "AES/GCM/NoPadding", cipher().getProvider().getName());
      add(others, provider, "HmacSHA256", mac().getProvider().getName());
      add(
          others,
          provider,
          "SHA-256",
          MessageDigest.getInstance("SHA-256").getProvider().getName());
      add(others, provider, "SecureRandom", new SecureRandom().getProvider().getName());
    } catch (GeneralSecurityException e) {
      others.add("a service that no provider has (" + e.getClass().getSimpleName() + ")");
    }
    return others;
  }

  private static void add(List<String> others, String wanted, String service, String found) {
    if (!found.equals(wanted)) {
      others.add(service + " by " + found);
    }
  }

  private static Cipher cipher() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(probeKey(), "AES"),
        new GCMParameterSpec(TAG_BITS, new byte[NONCE_BYTES]));
    return cipher;
  }

  private static Mac mac() throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(probeKey(), "HmacSHA256"));
    return mac;
  }

  // Seals nothing: it is for the choice of a provider alone.
  private static byte[] probeKey() {
    byte[] key = new byte[KEY_BYTES];
    Arrays.fill(key, (byte) 1);
    return key;
  }
}
