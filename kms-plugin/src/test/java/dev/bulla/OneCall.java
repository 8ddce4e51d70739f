// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.service.Peer;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** A call as gRPC makes it, without a transport: what the handler answers stays in memory. */
final class OneCall<Q, A> extends ServerCall<Q, A> {
  private static final Attributes PEER =
      Attributes.newBuilder().set(Peer.ATTRIBUTE, new Peer(0, 1)).build();

  private final MethodDescriptor<Q, A> method;
  private @Nullable A answer;

  OneCall(MethodDescriptor<Q, A> method) {
    this.method = method;
  }

  /** Returns the handler's answer. */
  A answer(ServerCallHandler<Q, A> handler, Q request) {
    Listener<Q> listener = handler.startCall(this, new Metadata());
    listener.onMessage(request);
    listener.onHalfClose();
    listener.onComplete();
    if (answer == null) {
      throw new AssertionError("no answer");
    }
    return answer;
  }

  @Override
  public void request(int messages) {}

  @Override
  public void sendHeaders(Metadata headers) {}

  @Override
  public void sendMessage(A message) {
    answer = message;
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (!status.isOk()) {
      throw new AssertionError(status.toString());
    }
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public Attributes getAttributes() {
    return PEER;
  }

  @Override
  public MethodDescriptor<Q, A> getMethodDescriptor() {
    return method;
  }
}
