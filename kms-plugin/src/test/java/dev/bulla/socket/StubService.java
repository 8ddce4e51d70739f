// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.DecryptResponse;
import dev.bulla.proto.v2.EncryptRequest;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.proto.v2.KeyManagementServiceGrpc;
import dev.bulla.proto.v2.StatusRequest;
import dev.bulla.proto.v2.StatusResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A service that shows the transport: Status says which instance answers, Encrypt gives back what
 * it got, Decrypt is held until the test answers it.
 */
final class StubService extends KeyManagementServiceGrpc.KeyManagementServiceImplBase {
  private final String name;
  private final BlockingQueue<StreamObserver<DecryptResponse>> held = new LinkedBlockingQueue<>();

  StubService(String name) {
    this.name = name;
  }

  /** Waits for the next Decrypt and returns its caller. */
  StreamObserver<DecryptResponse> nextDecrypt() throws InterruptedException {
    return held.take();
  }

  int heldDecrypts() {
    return held.size();
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> caller) {
    caller.onNext(StatusResponse.newBuilder().setKeyId(name).build());
    caller.onCompleted();
  }

  @Override
  public void encrypt(EncryptRequest request, StreamObserver<EncryptResponse> caller) {
    caller.onNext(EncryptResponse.newBuilder().setCiphertext(request.getPlaintext()).build());
    caller.onCompleted();
  }

  @Override
  public void decrypt(DecryptRequest request, StreamObserver<DecryptResponse> caller) {
    held.add(caller);
  }
}
