// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why a KEK did not do what it was asked: a closed set, because each kind has one right reaction.
 *
 * <p>The message is for the operator's log: short, in Bulla's own words, without key bytes, tokens,
 * host names, or text that a service sent. A {@code detail} such as an error code of the service
 * must be checked against a list before it goes in.
 */
public abstract sealed class KekException extends Exception {
  private static final long serialVersionUID = 1L;

  /** AWS KMS and STS write a UUID of 36 characters; there is room for another form. */
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private String requestId = "";

  private KekException(String message, @Nullable Throwable cause) {
    super(Objects.requireNonNull(message, "message"), cause);
  }

  /**
   * Notes which request failed, and returns this; before it is thrown.
   *
   * @param id the service's own; dropped unless it is of at most 64 letters, digits, {@code -} and
   *     {@code _}
   */
  public final KekException ofRequest(@Nullable String id) {
    requestId = id != null && REQUEST_ID.matcher(id).matches() ? id : "";
    return this;
  }

  /**
   * Returns the service's own id of the request that failed, for its log and its support; empty if
   * it gave none.
   */
  public final String requestId() {
    return requestId;
  }

  /**
   * No answer, or an answer that says "later": timeout, refused connection, 5xx, TLS, DNS, sealed.
   * Try again.
   */
  public static final class Unavailable extends KekException {
    private static final long serialVersionUID = 1L;

    /** With a message for the operator. */
    public Unavailable(String message) {
      super(message, null);
    }

    /** With the failure that was seen, for its class and stack. */
    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The service asks for fewer calls. Try again after a pause that grows. */
  public static final class Throttled extends KekException {
    private static final long serialVersionUID = 1L;

    /** With a message for the operator. */
    public Throttled(String message) {
      super(message, null);
    }
  }

  /** The credentials were refused or lack a permission; the key itself may be well. */
  public static final class Denied extends KekException {
    private static final long serialVersionUID = 1L;

    /** With a message for the operator that names the permission that is missing. */
    public Denied(String message) {
      super(message, null);
    }
  }

  /** The key was taken away, and the service says so. Stop writing; do not retry. */
  public static final class Revoked extends KekException {
    private static final long serialVersionUID = 1L;
    private final Reason reason;

    /** With the way in which the key was taken away. */
    public Revoked(Reason reason) {
      super("the key is " + reason.words, null);
      this.reason = reason;
    }

    /** Returns the way in which the key was taken away. */
    public Reason reason() {
      return reason;
    }

    /** How a key is taken away. */
    public enum Reason {
      /** Switched off by an administrator. */
      DISABLED("disabled"),
      /** Waiting for its destruction. */
      PENDING_DELETION("pending deletion"),
      /** There, but its owner took its imported material away. */
      WITHOUT_MATERIAL("without its key material; import the material again"),
      /** Not there. */
      GONE("gone"),
      /** Another key has its name. */
      RECREATED("another key under the same name: it was deleted and made again");

      private final String words;

      Reason(String words) {
        this.words = words;
      }
    }
  }

  /** The blob is not this key's work, or was altered. The caller's data, never the key's health. */
  public static final class Rejected extends KekException {
    private static final long serialVersionUID = 1L;

    /** With a message for the operator. */
    public Rejected(String message) {
      super(message, null);
    }
  }

  /**
   * The service answered with something it must not: another key, another size, not its own
   * grammar.
   */
  public static final class Untrustworthy extends KekException {
    private static final long serialVersionUID = 1L;

    /** With a message for the operator. */
    public Untrustworthy(String message) {
      super(message, null);
    }
  }
}
