// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.KekException;

/** No DEK was made, because one KEK did not wrap it, or did not unwrap it again. */
final class DekNotMadeException extends Exception {
  private static final long serialVersionUID = 1L;
  private final String kekName;
  private final KekException why;

  DekNotMadeException(String kekName, KekException why) {
    super(why);
    this.kekName = kekName;
    this.why = why;
  }

  String kekName() {
    return kekName;
  }

  KekException why() {
    return why;
  }
}
