// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws.fake;

/** What can be wrong with an answer of AWS. */
public sealed interface AwsFault {
  /** Nothing. */
  record None() implements AwsFault {}

  /** An error of that code. */
  record Answer(String code, int httpStatus) implements AwsFault {}

  /** The request is read and never answered. */
  record Hang() implements AwsFault {}

  /** The connection is closed without an answer. */
  record Refuse() implements AwsFault {}

  /** The answer ends in its middle. */
  record Truncated() implements AwsFault {}

  /** The answer has 2 MB. */
  record Oversized() implements AwsFault {}

  /** The answer is a page of a portal. */
  record Html() implements AwsFault {}

  /** The answer names another key. */
  record WrongKeyId() implements AwsFault {}

  /** The answer has another plaintext. */
  record WrongPlaintext() implements AwsFault {}

  /** The answer's plaintext has that many bytes. */
  record ShortPlaintext(int bytes) implements AwsFault {}

  /** The answer lacks that field. */
  record Without(String field) implements AwsFault {}

  /** The answer sends the caller to another host. */
  record Redirect() implements AwsFault {}
}
