// SPDX-License-Identifier: Apache-2.0
package dev.bulla.bench;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Methods that the benchmark adds to Bulla's own server: one that does nothing, one that counts.
 */
final class BenchMethods {
  private static final byte[] NOTHING = new byte[0];

  /** Takes nothing and gives nothing: what the transport costs. */
  static final MethodDescriptor<byte[], byte[]> NULL = method("bench.Bench/Null");

  /** Gives the number of KEK calls so far, 8 bytes. */
  static final MethodDescriptor<byte[], byte[]> KEK_CALLS = method("bench.Bench/KekCalls");

  private BenchMethods() {}

  static ServerServiceDefinition service(CountingKek kek) {
    return ServerServiceDefinition.builder("bench.Bench")
        .addMethod(
            NULL,
            ServerCalls.asyncUnaryCall(
                (_, caller) -> {
                  caller.onNext(NOTHING);
                  caller.onCompleted();
                }))
        .addMethod(
            KEK_CALLS,
            ServerCalls.asyncUnaryCall(
                (_, caller) -> {
                  caller.onNext(ByteBuffer.allocate(Long.BYTES).putLong(kek.calls()).array());
                  caller.onCompleted();
                }))
        .build();
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(name)
        .setRequestMarshaller(new BytesMarshaller())
        .setResponseMarshaller(new BytesMarshaller())
        .build();
  }

  private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
