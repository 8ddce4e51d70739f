// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import java.util.Locale;

/** What is not as it should be while this process serves: a bounded vocabulary. */
enum Warning {
  /** The write KEK is not confirmed; what is in memory serves on, for a while. */
  WRITE_KEK_DEGRADED,
  /** A KEK that recovers or only decrypts is away. */
  OTHER_KEK_AWAY,
  /** The DEK that seals cannot be recovered by each recovery KEK. */
  DEK_PARTIAL,
  /** The journal is not written: a restart would begin without DEKs. */
  JOURNAL_OFF,
  /** The kernel refused to protect this process in some way. */
  PROTECTION_MISSING;

  /** Returns its name on the wire. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
