// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.util.concurrent.CompletionException;

/** Carries an {@link EnvelopeException} through a future's unchecked world. */
final class UnwrapFailure extends CompletionException {
  private static final long serialVersionUID = 1L;

  UnwrapFailure(EnvelopeException cause) {
    super(cause);
  }
}
