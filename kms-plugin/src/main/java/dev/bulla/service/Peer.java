// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Who is on the other end of a connection, as the kernel says (SO_PEERCRED, at the time of
 * connect).
 *
 * @param uid effective user, 0 to 2^32-1
 * @param pid process, as this process's namespace numbers it; 0 if it cannot be seen from here
 */
public record Peer(long uid, int pid) {
  /** Where a transport keeps its peer. */
  public static final Attributes.Key<Peer> ATTRIBUTE = Attributes.Key.create("dev.bulla.peer");

  /** Stands for a transport that has no credentials, as in a test. */
  public static final Peer UNKNOWN = new Peer(0xFFFF_FFFFL, 0);

  private static final Context.Key<Peer> CONTEXT =
      Context.keyWithDefault("dev.bulla.peer", UNKNOWN);

  /** Returns the peer of the call that this thread works on. */
  static Peer ofCurrentCall() {
    return CONTEXT.get();
  }

  /** Makes a transport's peer known to its calls. */
  static final class Interceptor implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      Peer peer = call.getAttributes().get(ATTRIBUTE);
      return peer == null
          ? next.startCall(call, headers)
          : Contexts.interceptCall(Context.current().withValue(CONTEXT, peer), call, headers, next);
    }
  }
}
