// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.io.IOException;

/** The bytes of a file are not a journal of this version. */
final class ForeignFileException extends IOException {
  private static final long serialVersionUID = 1;

  ForeignFileException() {
    super("not a journal of version 1");
  }
}
