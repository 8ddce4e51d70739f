// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import java.io.IOException;

/** An HTTP answer had more bytes than any answer of AWS that Bulla asks for. */
final class AnswerTooLongException extends IOException {
  private static final long serialVersionUID = 1L;

  AnswerTooLongException(int most) {
    super("the answer has more than " + most + " bytes");
  }
}
