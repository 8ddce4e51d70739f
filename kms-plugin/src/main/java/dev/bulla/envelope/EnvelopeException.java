// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

/**
 * Why an envelope was not sealed or not opened. It has no stack trace and no cause: hostile input
 * makes many of these, and a caller learns no more than the kind.
 */
public abstract sealed class EnvelopeException extends Exception {
  private static final long serialVersionUID = 1L;

  private EnvelopeException(String message) {
    super(message, null, false, false);
  }

  /** The plaintext has a size that is never sealed. */
  public static final class PlaintextSize extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    PlaintextSize() {
      super("plaintext must have 1 to " + Envelopes.MAX_PLAINTEXT_BYTES + " bytes");
    }
  }

  /**
   * Not an envelope of Bulla's for this scope and these KEKs, or altered. One kind for all of it,
   * so that the answer does not tell which check failed.
   */
  public static final class Refused extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    Refused() {
      super("the envelope was refused");
    }
  }

  /** Nothing is wrong with the request; ask again when the obstacle is gone. */
  public static final class Unserved extends EnvelopeException {
    private static final long serialVersionUID = 1L;
    private final Obstacle obstacle;

    Unserved(Obstacle obstacle) {
      super("not served: " + obstacle);
      this.obstacle = obstacle;
    }

    /** Returns what stands in the way. */
    public Obstacle obstacle() {
      return obstacle;
    }
  }
}
