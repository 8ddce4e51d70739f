// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.util.Optional;

/** The kinds of KEK, with the code that names each in an envelope (design §4). */
public enum KekType {
  /** A symmetric AWS KMS key. */
  AWS_KMS(0x01),
  /** A transit key of Vault or OpenBao. */
  TRANSIT(0x02),
  /** A key file on this host: for demonstrations and tests. */
  LOCAL(0x7F);

  private final int code;

  KekType(int code) {
    this.code = code;
  }

  /** Returns the byte that stands for this kind in an envelope: frozen for ever. */
  public byte code() {
    return (byte) code;
  }

  /** Returns the kind that {@code code} stands for, or empty if no release has used it. */
  public static Optional<KekType> ofCode(byte code) {
    for (KekType type : values()) {
      if (type.code() == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
