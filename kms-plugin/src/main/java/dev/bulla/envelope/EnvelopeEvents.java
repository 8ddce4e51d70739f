// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.KekException;

/** What the envelope tells whoever logs and counts. Methods must not block or throw. */
public interface EnvelopeEvents {
  /** A DEK was proved and seals from now on. */
  void dekAdopted(KeyId keyId);

  /** No DEK could be made; it is tried again by itself. */
  void dekFailed(String kekName, KekException why);

  /** A backend threw what it must not throw; the work is tried again. Log it with its stack. */
  void defect(RuntimeException what);

  /** The background work has ended, for the process is stopping. */
  void stopped();
}
