// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekVersion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The key_id that Status announces and Encrypt returns: it names the write KEK, its version and the
 * set of recovery KEKs, never a DEK. Equal on every node, no secret, never used twice.
 *
 * @param text {@value #LENGTH} characters: {@code b1.} and 32 of base64url
 */
public record KeyId(String text) {
  /** Length in characters, which are bytes on the wire; the API server allows 1,024. */
  public static final int LENGTH = 35;

  private static final String PREFIX = "b1.";
  private static final int HASH_BYTES = 24;

  /** Checks the syntax. */
  public KeyId {
    if (!isWellFormed(text)) {
      throw new IllegalArgumentException("not a key_id of Bulla's");
    }
  }

  /** Returns whether {@code text} has the syntax of a key_id that some release of Bulla made. */
  public static boolean isWellFormed(String text) {
    if (text.length() != LENGTH || !text.startsWith(PREFIX)) {
      return false;
    }
    for (int i = PREFIX.length(); i < LENGTH; i++) {
      if (!isBase64Url(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBase64Url(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  /**
   * Computes the key_id (design §4).
   *
   * @param generation the operator's counter, 1 to 2^31-1: raised to go back to an earlier KEK
   * @param recovery identities of the recovery KEKs, in any order
   */
  public static KeyId of(
      String scope,
      int generation,
      KekIdentity write,
      KekVersion version,
      List<KekIdentity> recovery) {
    Objects.requireNonNull(scope, "scope");
    FieldWriter out =
        new FieldWriter()
            .ascii("bulla/v1/key_id")
            .lp16(scope)
            .u32(generation)
            .raw(identity(write))
            .lp16(version.value().toByteArray())
            .u8(recovery.size());
    recovery.stream().map(KeyId::identity).sorted(Arrays::compareUnsigned).forEach(out::raw);
    byte[] hash = Arrays.copyOf(Sha256.of(out.toByteArray()), HASH_BYTES);
    return new KeyId(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
  }

  private static byte[] identity(KekIdentity identity) {
    return new FieldWriter()
        .u8(identity.type().code())
        .lp16(identity.value().toByteArray())
        .toByteArray();
  }

  /**
   * Returns the name under which the API server's own logs and metrics know this key_id: {@code
   * sha256:} and 64 hex digits.
   */
  public String hash() {
    byte[] hash = Sha256.of(text.getBytes(StandardCharsets.US_ASCII));
    return "sha256:" + HexFormat.of().formatHex(hash);
  }

  // Written out, because the code that a record has for it is made at each start.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyId id && text.equals(id.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
