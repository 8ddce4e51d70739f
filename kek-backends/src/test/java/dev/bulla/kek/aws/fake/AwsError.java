// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws.fake;

/** An error that AWS answers with. */
public final class AwsError extends Exception {
  private static final long serialVersionUID = 1L;
  private final String code;
  private final int status;

  AwsError(String code, int status, String message) {
    super(message);
    this.code = code;
    this.status = status;
  }

  AwsError(String code, String message) {
    this(code, 400, message);
  }

  String code() {
    return code;
  }

  int status() {
    return status;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
