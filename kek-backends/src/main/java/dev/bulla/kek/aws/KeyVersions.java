// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.KekVersion;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Versions of a KMS key: the first 8 bytes of SHA-256 of the id of its material (design §4). */
final class KeyVersions {
  private static final int BYTES = 8;

  /** Where the service names no material, or its rotation is to be ignored. */
  static final KekVersion NONE = new KekVersion(Bytes.copyFrom(new byte[0]));

  private KeyVersions() {}

  static KekVersion of(@Nullable String materialId) {
    if (materialId == null || materialId.isEmpty()) {
      return NONE;
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(materialId.getBytes(StandardCharsets.UTF_8));
      return new KekVersion(Bytes.copyFrom(Arrays.copyOf(digest, BYTES)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
