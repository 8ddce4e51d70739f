// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

import dev.bulla.envelope.Told;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * One connection: who is on its other end, as the kernel says (SO_PEERCRED, at the time of
 * connect), and what Status told there.
 *
 * @param uid effective user, 0 to 2^32-1
 * @param pid process, as this process's namespace numbers it; 0 if it cannot be seen from here
 * @param told what Status told on this connection
 */
public record Peer(long uid, int pid, Told told) {
  /** Where a transport keeps its peer. */
  public static final Attributes.Key<Peer> ATTRIBUTE = Attributes.Key.create("dev.bulla.peer");

  /** Stands for a peer whose credentials cannot be read; no user has it. */
  public static final long UNKNOWN_UID = 0xFFFF_FFFFL;

  private static final Context.Key<Peer> CONTEXT = Context.key("dev.bulla.peer");

  /** A connection on which nothing was told yet. */
  public Peer(long uid, int pid) {
    this(uid, pid, new Told());
  }

  /** Returns whether the other is the same process of the same user, on whatever connection. */
  public boolean isSameProcess(Peer other) {
    return uid == other.uid && pid == other.pid;
  }

  /**
   * Returns the peer of the call that this thread works on; an unknown one if its transport has no
   * credentials, as in a test.
   */
  static Peer ofCurrentCall() {
    Peer peer = CONTEXT.get();
    return peer != null ? peer : new Peer(UNKNOWN_UID, 0);
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
