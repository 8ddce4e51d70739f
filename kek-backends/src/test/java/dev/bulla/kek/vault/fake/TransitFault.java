// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault.fake;

/** What can be wrong with an answer of transit. */
public sealed interface TransitFault {
  /** Nothing. */
  record None() implements TransitFault {}

  /** The request is read and never answered. */
  record Hang() implements TransitFault {}

  /** The connection is closed without an answer. */
  record Refuse() implements TransitFault {}

  /** That status, with a body in the service's words. */
  record Status(int code, String error) implements TransitFault {}

  /** That status, with the page of a proxy. */
  record Page(int code) implements TransitFault {}

  /** The answer ends in its middle. */
  record Truncated() implements TransitFault {}

  /** The answer has 2 MB. */
  record Oversized() implements TransitFault {}

  /** The answer is about another key. */
  record OtherKey() implements TransitFault {}

  /** The answer has another plaintext of the same size. */
  record WrongPlaintext() implements TransitFault {}

  /** The answer's texts are these, instead of the right ones. */
  record Field(String name, String json) implements TransitFault {}
}
