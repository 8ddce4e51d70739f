// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.Hkdf;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a DEK keeps secret, got back from its annotation with the local KEK.
 *
 * @param sealing the key that seals, 32 bytes
 * @param master what the KEK wraps, 32 bytes
 */
public record DekSecrets(Bytes sealing, Bytes master) {
  /** Unwraps the annotation's first recipient. */
  public static DekSecrets of(byte[] annotation, Path keyFile, String scope) throws KekException {
    DekRecord record = DekRecord.parse(annotation).orElseThrow();
    Deadline deadline = Deadline.after(Duration.ofMinutes(1), Ticker.system());
    try (LocalKek kek = LocalKek.open(keyFile, scope);
        KeyMaterial master = kek.unwrap(record.recipients().getFirst().wrapped(), deadline)) {
      byte[] info =
          new FieldWriter().ascii("bulla/v1/seal").u8(Suite.AES_256_GCM).lp16(scope).toByteArray();
      return new DekSecrets(
          Bytes.copyFrom(Hkdf.expand(master.bytes(), info, Suite.KEY_BYTES)),
          Bytes.copyFrom(master.bytes()));
    }
  }
}
