// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import com.google.protobuf.ByteString;
import dev.bulla.client.KmsClient;
import dev.bulla.proto.v2.Annotation;
import dev.bulla.proto.v2.EncryptResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;

/** A seed, and what a plugin made of it. */
record Sealed(ByteString seed, EncryptResponse envelope) {
  private static final String ANNOTATION = "dek.bulla.dev";
  private static final SecureRandom RANDOM = new SecureRandom();

  static Sealed by(KmsClient client) {
    byte[] seed = new byte[32];
    RANDOM.nextBytes(seed);
    return new Sealed(ByteString.copyFrom(seed), client.encrypt(seed));
  }

  /**
   * Returns seeds under {@code count} DEKs, which another plugin made and forgot: each is cold for
   * every other one.
   */
  static Deque<Sealed> underDeks(int count, String kek, Path folder) throws Exception {
    Deque<Sealed> made = new ArrayDeque<>();
    try (RunningPlugin maker = RunningPlugin.start(kek, "dek: { maxSeals: 64 }", folder)) {
      while (made.size() < count) {
        Sealed next = maker.whenReady(Sealed::by);
        if (made.isEmpty() || !made.getLast().annotation().equals(next.annotation())) {
          made.add(next);
        }
      }
    }
    return made;
  }

  private ByteString annotation() {
    return annotation(envelope);
  }

  /** Returns the value of the only annotation that an envelope has: ours. */
  static ByteString annotation(EncryptResponse envelope) {
    if (envelope.getAnnotationsCount() != 1
        || !envelope.getAnnotations(0).getKey().equals(ANNOTATION)) {
      throw new AssertionError("not the one annotation: " + envelope.getAnnotationsCount());
    }
    return envelope.getAnnotations(0).getValue();
  }

  /** Returns the envelope with another value of its annotation. */
  static EncryptResponse with(byte[] annotation, EncryptResponse envelope) {
    return envelope.toBuilder()
        .clearAnnotations()
        .addAnnotations(annotation(ANNOTATION, ByteString.copyFrom(annotation)))
        .build();
  }

  static Annotation annotation(String key, ByteString value) {
    return Annotation.newBuilder().setKey(key).setValue(value).build();
  }

  /** Decrypts it, and fails unless that gives the seed. */
  void openWith(KmsClient client) {
    ByteString opened = client.decrypt(envelope).getPlaintext();
    if (!opened.equals(seed)) {
      throw new AssertionError("a wrong plaintext");
    }
  }
}
