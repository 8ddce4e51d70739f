// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The search finds what it must find, wherever it lies. */
final class LeakSearchTest {
  private final Random random = new Random(3);
  private final byte[] secret = random(32);
  private final LeakSearch search = new LeakSearch();

  LeakSearchTest() {
    search.add("key", secret);
  }

  private byte[] random(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] within(byte[] before, byte[] planted, byte[] after) {
    byte[] all = Arrays.copyOf(before, before.length + planted.length + after.length);
    System.arraycopy(planted, 0, all, before.length, planted.length);
    System.arraycopy(after, 0, all, before.length + planted.length, after.length);
    return all;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void base64OfALongerMessage_isFoundAtEachAlignment() {
    for (int before = 0; before < 7; before++) {
      for (int after = 0; after < 4; after++) {
        byte[] message = within(random(before), secret, random(after));
        assertThat(search.foundIn(ascii(Base64.getEncoder().encodeToString(message))))
            .anyMatch(found -> found.startsWith("key as Base64 "));
        assertThat(search.foundIn(ascii("x" + Base64.getUrlEncoder().encodeToString(message))))
            .anyMatch(found -> found.startsWith("key as Base64url "));
      }
    }
  }

  @Test
  void otherForms_areFoundAtBothEnds() {
    HexFormat hex = HexFormat.of();
    assertThat(search.foundIn(within(random(99), secret, random(0))))
        .containsExactly("key as bytes");
    assertThat(search.foundIn(ascii(hex.formatHex(secret)))).containsExactly("key as hex");
    assertThat(search.foundIn(ascii("k=" + hex.withUpperCase().formatHex(secret) + "\n")))
        .containsExactly("key as upper hex");
    assertThat(search.foundIn(ascii(Arrays.toString(secret)))).containsExactly("key as an array");
  }

  @Test
  void otherBytes_areNotFound() {
    assertThat(search.foundIn(random(1 << 20))).isEmpty();
    byte[] almost = secret.clone();
    almost[31] ^= 1;
    assertThat(search.foundIn(almost)).isEmpty();
  }
}
