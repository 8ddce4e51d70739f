// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What an annotation says of itself, for people: nothing that is secret, and nothing that was
 * checked.
 *
 * @param hash the first eight bytes of its SHA-256, in hex: names the DEK in logs and tools
 * @param created when it says that it was made
 * @param partial whether a recovery KEK is missing
 * @param recipients one text for each, such as {@code AWS_KMS 0123456789abcdef}
 */
public record WrappedDekSummary(
    String hash, Instant created, boolean partial, List<String> recipients) {
  private static final int HASH_BYTES = 8;

  /** Checks that nothing is missing. */
  public WrappedDekSummary {
    recipients = List.copyOf(recipients);
  }

  /** Reads an annotation; empty if it is none. */
  public static Optional<WrappedDekSummary> of(byte[] annotation) {
    return DekRecord.parse(annotation)
        .map(
            record ->
                new WrappedDekSummary(
                    HexFormat.of().formatHex(Sha256.of(annotation), 0, HASH_BYTES),
                    Instant.ofEpochSecond(record.createdUnixSeconds()),
                    record.partial(),
                    record.recipients().stream().map(WrappedDekSummary::text).toList()));
  }

  private static String text(Recipient recipient) {
    HexFormat hex = HexFormat.of();
    return recipient.type()
        + " "
        + hex.formatHex(recipient.tag().value().toByteArray())
        + " version "
        + hex.formatHex(recipient.wrapped().version().value().toByteArray());
  }

  @Override
  public String toString() {
    return hash
        + "  made "
        + created
        + "  "
        + String.join(", ", recipients)
        + (partial ? "  (a recovery KEK is missing)" : "");
  }
}
