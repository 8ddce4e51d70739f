// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

import com.google.crypto.tink.util.Bytes;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.bulla.envelope.Envelope;
import dev.bulla.envelope.EnvelopeException;
import dev.bulla.envelope.Envelopes;
import dev.bulla.envelope.KeyId;
import dev.bulla.envelope.Obstacle;
import dev.bulla.envelope.WriteState;
import dev.bulla.proto.v2.Annotation;
import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.DecryptResponse;
import dev.bulla.proto.v2.EncryptRequest;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.proto.v2.KeyManagementServiceGrpc;
import dev.bulla.proto.v2.StatusRequest;
import dev.bulla.proto.v2.StatusResponse;
import dev.bulla.time.Ticker;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Status, Encrypt and Decrypt of KMS v2. Runs on the event loop and never blocks it: a Decrypt
 * whose DEK is not in memory is answered by the thread that unwraps it. Thread-safe.
 */
public final class KmsService extends KeyManagementServiceGrpc.KeyManagementServiceImplBase {
  /** For ever: a change would be an outage until each API server restarts (kms-v2: version pin). */
  private static final String VERSION = "v2";

  private static final String HEALTHY = "ok";

  /** Time kept back of a caller's deadline, so that the answer still reaches it. */
  private static final Duration MARGIN = Duration.ofMillis(100);

  private final Envelopes envelopes;
  private final BooleanSupplier warm;
  private final Ticker ticker;
  private final ServiceEvents events;
  private final PeerBudgets budgets;

  private KmsService(
      Envelopes envelopes, BooleanSupplier warm, Ticker ticker, ServiceEvents events) {
    this.envelopes = envelopes;
    this.warm = warm;
    this.ticker = ticker;
    this.events = events;
    this.budgets = new PeerBudgets(ticker);
  }

  /**
   * Returns the service, ready to be added to a server.
   *
   * @param warm whether the code has been warmed up; until then Status says that it is starting
   */
  public static ServerServiceDefinition definition(
      Envelopes envelopes, BooleanSupplier warm, Ticker ticker, ServiceEvents events) {
    return ServerInterceptors.intercept(
        new KmsService(envelopes, warm, ticker, events), new Peer.Interceptor());
  }

  /** A call at work, until it is answered: answered and told in one place. */
  private record Call<T>(
      Rpc rpc, Peer peer, String uid, long fromNanos, StreamObserver<T> caller) {}

  private <T> Call<T> begin(Rpc rpc, String uid, StreamObserver<T> caller) {
    return new Call<>(rpc, Peer.ofCurrentCall(), uid, ticker.nanos(), caller);
  }

  private <T> void answer(Call<T> call, String keyId, T response) {
    call.caller.onNext(response);
    call.caller.onCompleted();
    tell(call, keyId, Status.Code.OK);
  }

  private void fail(Call<?> call, String keyId, StatusException why) {
    call.caller.onError(why);
    tell(call, keyId, why.getStatus().getCode());
  }

  private void tell(Call<?> call, String keyId, Status.Code code) {
    events.answered(call.rpc, call.peer, call.uid, keyId, code, ticker.nanos() - call.fromNanos);
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> caller) {
    Call<StatusResponse> call = begin(Rpc.STATUS, "", caller);
    WriteState state = envelopes.state(call.peer.told());
    // No switch over types: its code is made at each start.
    if (state instanceof WriteState.Ready ready && warm.getAsBoolean()) {
      answer(call, ready.keyId().text(), response(ready.keyId()));
    } else {
      Obstacle obstacle =
          state instanceof WriteState.NotReady why ? why.obstacle() : Obstacle.STARTING;
      fail(call, "", KmsErrors.of(obstacle).asException());
    }
  }

  private static StatusResponse response(KeyId keyId) {
    return StatusResponse.newBuilder()
        .setVersion(VERSION)
        .setHealthz(HEALTHY)
        .setKeyId(keyId.text())
        .build();
  }

  @Override
  public void encrypt(EncryptRequest request, StreamObserver<EncryptResponse> caller) {
    Call<EncryptResponse> call = begin(Rpc.ENCRYPT, request.getUid(), caller);
    try {
      Envelope envelope = envelopes.seal(RawBytes.of(request.getPlaintext()), call.peer.told());
      if (!KmsLimits.allows(envelope)) {
        throw new IllegalStateException("an envelope is larger than KMS v2 allows");
      }
      answer(call, envelope.keyId().text(), response(envelope));
    } catch (EnvelopeException | IllegalStateException e) {
      fail(call, "", KmsErrors.of(e));
    }
  }

  private static EncryptResponse response(Envelope envelope) {
    return EncryptResponse.newBuilder()
        .setCiphertext(bytes(envelope.ciphertext()))
        .setKeyId(envelope.keyId().text())
        .addAnnotations(
            Annotation.newBuilder()
                .setKey(KmsLimits.ANNOTATION)
                .setValue(bytes(envelope.annotation())))
        .build();
  }

  private static ByteString bytes(Bytes bytes) {
    // The copy that toByteArray makes is ours alone: no second one is needed.
    return UnsafeByteOperations.unsafeWrap(bytes.toByteArray());
  }

  @Override
  public void decrypt(DecryptRequest request, StreamObserver<DecryptResponse> caller) {
    Call<DecryptResponse> call = begin(Rpc.DECRYPT, request.getUid(), caller);
    CompletableFuture<byte[]> opening = open(request, call.peer);
    if (opening.state() == Future.State.SUCCESS) {
      answer(call, request.getKeyId(), response(opening.resultNow()));
      return;
    }
    if (!opening.isDone() && caller instanceof ServerCallStreamObserver<DecryptResponse> server) {
      // Without a handler, an answer to a caller that has gone would throw in the unwrapping
      // thread.
      server.setOnCancelHandler(() -> opening.cancel(false));
    }
    var _ =
        opening.whenComplete(
            (plaintext, failure) -> {
              if (failure != null) {
                fail(call, request.getKeyId(), KmsErrors.of(failure));
              } else {
                answer(call, request.getKeyId(), response(plaintext));
              }
            });
  }

  private static DecryptResponse response(byte[] plaintext) {
    // The array is the caller's own; gRPC writes it out and drops it.
    return DecryptResponse.newBuilder()
        .setPlaintext(UnsafeByteOperations.unsafeWrap(plaintext))
        .build();
  }

  private CompletableFuture<byte[]> open(DecryptRequest request, Peer peer) {
    ByteString annotation = annotation(request);
    boolean bounded =
        request.getCiphertext().size() <= Envelopes.MAX_CIPHERTEXT_BYTES
            && annotation.size() <= Envelopes.MAX_ANNOTATION_BYTES;
    return envelopes.open(
        bounded ? RawBytes.of(request.getCiphertext()) : new byte[0],
        request.getKeyId(),
        bounded ? RawBytes.of(annotation) : new byte[0],
        budgets.of(peer),
        timeLeft());
  }

  /** Returns the value of ours if it is the only one, else an empty one, which opens nothing. */
  private static ByteString annotation(DecryptRequest request) {
    if (request.getAnnotationsCount() != 1) {
      return ByteString.EMPTY;
    }
    Annotation only = request.getAnnotations(0);
    return only.getKey().equals(KmsLimits.ANNOTATION) ? only.getValue() : ByteString.EMPTY;
  }

  private static Duration timeLeft() {
    Deadline deadline = Context.current().getDeadline();
    return deadline == null
        ? Envelopes.MAX_WAIT
        : Duration.ofMillis(Math.max(0, deadline.timeRemaining(TimeUnit.MILLISECONDS)))
            .minus(MARGIN);
  }
}
