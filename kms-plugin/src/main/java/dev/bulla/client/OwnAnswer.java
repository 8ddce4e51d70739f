// SPDX-License-Identifier: Apache-2.0
package dev.bulla.client;

import com.google.protobuf.ByteString;

/**
 * What a plugin answered to its own call.
 *
 * @param status gRPC's code: 0 for success
 * @param detail why it was refused, as {@code grpc-message} has it; empty for a success
 * @param message the protobuf message; empty for a refusal
 */
public record OwnAnswer(int status, String detail, ByteString message) {
  /** Returns whether the call succeeded. */
  public boolean ok() {
    return status == 0;
  }
}
