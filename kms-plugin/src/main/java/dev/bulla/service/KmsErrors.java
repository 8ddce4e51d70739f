// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

import dev.bulla.envelope.EnvelopeException;
import dev.bulla.envelope.Obstacle;
import io.grpc.Status;
import io.grpc.StatusException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/**
 * The one table of errors to gRPC. The API server passes a text on to whoever made the request, so
 * the texts name no key, host, path or token, and all refusals read alike.
 */
final class KmsErrors {
  private static final Logger LOG = System.getLogger("bulla");

  private KmsErrors() {}

  static StatusException of(Throwable failure) {
    // A future that depends on another one wraps what that failed with.
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof EnvelopeException known) {
      return status(known).asException();
    }
    // Cancelled: the caller has gone, and nobody reads the answer.
    return cause instanceof CancellationException
        ? Status.CANCELLED.asException()
        : defect(failure);
  }

  private static StatusException defect(Throwable failure) {
    LOG.log(Level.ERROR, "a defect; please report it", failure);
    return Status.INTERNAL.withDescription("bulla: internal error; see its log").asException();
  }

  // Not a switch over types: code for one would be made at each start.
  private static Status status(EnvelopeException failure) {
    if (failure instanceof EnvelopeException.Unserved unserved) {
      return of(unserved.obstacle());
    }
    return failure instanceof EnvelopeException.PlaintextSize size
        ? Status.INVALID_ARGUMENT.withDescription("bulla: " + size.getMessage())
        : Status.INVALID_ARGUMENT.withDescription(
            "bulla: this data was not encrypted here, or was altered");
  }

  static Status of(Obstacle obstacle) {
    return switch (obstacle) {
      case STARTING -> unavailable("starting, no data key yet");
      case KEK_UNAVAILABLE -> unavailable("the KEK service does not answer");
      case KEK_THROTTLED -> unavailable("the KEK service throttles");
      case KEK_DENIED -> unavailable("the KEK service refuses the plugin's credentials");
      case KEK_UNTRUSTWORTHY -> unavailable("the KEK service gave a wrong answer");
      case DEK_SPENT -> unavailable("the data key is spent and has no successor yet");
      case KEK_UNCONFIRMED -> unavailable("the KEK is being confirmed after a pause");
      case KEK_ROLLED_BACK -> unavailable("the KEK has lost its newest version");
      case TOO_SLOW -> unavailable("the KEK service did not answer in time");
      case KEK_REVOKED ->
          Status.FAILED_PRECONDITION.withDescription(
              "bulla: the KEK is disabled, deleted or replaced");
      case TOO_MANY_UNWRAPS ->
          Status.RESOURCE_EXHAUSTED.withDescription("bulla: too many unknown data keys at once");
    };
  }

  private static Status unavailable(String reason) {
    return Status.UNAVAILABLE.withDescription("bulla: " + reason);
  }
}
