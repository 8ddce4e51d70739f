// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

import io.grpc.Status;

/** What the service tells whoever logs and counts. Methods must not block, throw or allocate. */
public interface ServiceEvents {
  /**
   * A call was answered, on the thread that answered it. Calls that gRPC itself refused, such as a
   * message that is too large, are not told.
   *
   * @param peer who called; this process itself while it warms up
   * @param uid of the request, as the caller wrote it: any text of up to 64 KiB; empty for Status
   * @param keyId that was told or used to seal; for Decrypt as the caller wrote it, any text of up
   *     to 64 KiB; empty if there is none
   * @param nanos from the beginning of the work to the end of the answer
   */
  default void answered(
      Rpc rpc, Peer peer, String uid, String keyId, Status.Code code, long nanos) {}
}
