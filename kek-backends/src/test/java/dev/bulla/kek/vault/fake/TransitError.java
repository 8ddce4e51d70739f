// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault.fake;

/** An error that the service answers. */
final class TransitError extends Exception {
  private static final long serialVersionUID = 1L;

  final int status;
  final String[] errors;

  TransitError(int status, String... errors) {
    super(status + " " + String.join(", ", errors));
    this.status = status;
    this.errors = errors.clone();
  }
}
