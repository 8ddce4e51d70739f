// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import dev.bulla.envelope.ConfiguredKek;
import dev.bulla.envelope.DekLimits;
import dev.bulla.envelope.EnvelopeRuntime;
import dev.bulla.envelope.EnvelopeSettings;
import dev.bulla.envelope.KekRole;
import dev.bulla.envelope.WriteState;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.KekType;
import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.EncryptRequest;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.proto.v2.KeyManagementServiceGrpc;
import dev.bulla.proto.v2.StatusRequest;
import dev.bulla.proto.v2.StatusResponse;
import dev.bulla.service.KmsService;
import dev.bulla.service.ServiceEvents;
import dev.bulla.time.Ticker;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a call allocates in Bulla's own code and what that calls, Tink above all: the whole handler
 * as gRPC calls it, less a handler that does nothing. Counted by the JVM, to the byte. The least of
 * several batches counts, since the compiler's own steps disturb some.
 */
final class AllocationTest {
  private static final String SCOPE = "allocation";

  /**
   * 1,504 alone, of which 1,064 are Tink's and the JDK's for AES-GCM; 1,736 in a run of the whole
   * suite: it depends on what the compiler has seen. The aim is 2,048 and 2,560.
   */
  private static final long MOST_DECRYPT_BYTES = 1_900;

  /** 1,920 alone, 2,152 in a run of the whole suite. */
  private static final long MOST_ENCRYPT_BYTES = 2_300;

  private static final long MOST_STATUS_BYTES = 260;

  private static final int BATCHES = 200;
  private static final int CALLS = 500;
  private static final int ROUNDS = 20;

  private final ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final EnvelopeRuntime runtime =
      EnvelopeRuntime.start(
          new EnvelopeSettings(
              SCOPE,
              1,
              new ConfiguredKek(
                  "k", KekRole.WRITE, new FakeKek(KekType.AWS_KMS, "arn:aws:kms", SCOPE)),
              DekLimits.DEFAULT),
          EnvelopeRuntime.Surroundings.plain(new SecureRandom()),
          new EventLog());
  private final ServerServiceDefinition service =
      KmsService.definition(
          runtime.envelopes(), () -> true, Ticker.system(), new ServiceEvents() {});

  AllocationTest() {
    while (!(runtime.envelopes().state() instanceof WriteState.Ready)) {
      Thread.onSpinWait();
    }
  }

  @AfterEach
  void stop() {
    runtime.close();
  }

  @Test
  void decrypt_makesLittleGarbage() {
    EncryptResponse sealed = call(KeyManagementServiceGrpc.getEncryptMethod(), request());
    DecryptRequest request =
        DecryptRequest.newBuilder()
            .setCiphertext(sealed.getCiphertext())
            .setKeyId(sealed.getKeyId())
            .addAllAnnotations(sealed.getAnnotationsList())
            .setUid("0b7e7b0a-5a5f-4a51-b8c0-4b0f3cf7d9b1")
            .build();
    assertThat(ownBytes(KeyManagementServiceGrpc.getDecryptMethod(), request, MOST_DECRYPT_BYTES))
        .isLessThanOrEqualTo(MOST_DECRYPT_BYTES);
  }

  @Test
  void encrypt_makesLittleGarbage() {
    assertThat(ownBytes(KeyManagementServiceGrpc.getEncryptMethod(), request(), MOST_ENCRYPT_BYTES))
        .isLessThanOrEqualTo(MOST_ENCRYPT_BYTES);
  }

  @Test
  void status_makesLittleGarbage() {
    assertThat(
            ownBytes(
                KeyManagementServiceGrpc.getStatusMethod(),
                StatusRequest.getDefaultInstance(),
                MOST_STATUS_BYTES))
        .isLessThanOrEqualTo(MOST_STATUS_BYTES);
  }

  private static EncryptRequest request() {
    return EncryptRequest.newBuilder().setPlaintext(ByteString.copyFrom(new byte[32])).build();
  }

  // On a busy machine the compiler comes late: more rounds until it has, then the rest is ours.
  private <Q, A> long ownBytes(MethodDescriptor<Q, A> method, Q request, long most) {
    long bytes = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && bytes > most; round++) {
      bytes = Math.min(bytes, leastBytes(method, handler(method), request) - nothing());
    }
    return bytes;
  }

  private long nothing() {
    StatusResponse answer = StatusResponse.getDefaultInstance();
    return leastBytes(
        KeyManagementServiceGrpc.getStatusMethod(),
        ServerCalls.asyncUnaryCall(
            (_, caller) -> {
              caller.onNext(answer);
              caller.onCompleted();
            }),
        StatusRequest.getDefaultInstance());
  }

  private <Q, A> long leastBytes(
      MethodDescriptor<Q, A> method, ServerCallHandler<Q, A> handler, Q request) {
    long least = Long.MAX_VALUE;
    for (int batch = 0; batch < BATCHES; batch++) {
      long before = memory.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        new OneCall<>(method).answer(handler, request);
      }
      long bytes = (memory.getCurrentThreadAllocatedBytes() - before) / CALLS;
      least = Math.min(least, bytes);
    }
    return least;
  }

  private <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
    return new OneCall<>(method).answer(handler(method), request);
  }

  // The service's own methods are found by descriptor: the types agree.
  @SuppressWarnings("unchecked")
  private <Q, A> ServerCallHandler<Q, A> handler(MethodDescriptor<Q, A> method) {
    return (ServerCallHandler<Q, A>)
        service.getMethod(method.getFullMethodName()).getServerCallHandler();
  }
}
