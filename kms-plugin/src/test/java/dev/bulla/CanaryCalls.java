// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import com.google.protobuf.ByteString;
import dev.bulla.client.KmsClient;
import dev.bulla.proto.v2.EncryptResponse;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Good and bad requests, in each of which lies a plaintext that nobody may see again. */
final class CanaryCalls {
  private static final int SEEDS = 64;
  private static final int KINDS = 10;
  private static final int TOO_LONG = 600;

  private final List<byte[]> seeds = new ArrayList<>();
  private final Set<ByteString> annotations = new HashSet<>();
  private final KmsClient client;
  private int answered;
  private int refused;

  CanaryCalls(KmsClient client, Random random) {
    this.client = client;
    for (int i = 0; i < SEEDS; i++) {
      byte[] seed = new byte[32];
      random.nextBytes(seed);
      seeds.add(seed);
    }
  }

  List<byte[]> seeds() {
    return List.copyOf(seeds);
  }

  /** Returns the annotations of all DEKs that sealed something. */
  Set<ByteString> annotations() {
    return Set.copyOf(annotations);
  }

  int answered() {
    return answered;
  }

  int refused() {
    return refused;
  }

  void make(int count) {
    EncryptResponse sealed = client.encrypt(seeds.getFirst());
    for (int i = 0; i < count; i++) {
      byte[] seed = seeds.get(i % SEEDS);
      try {
        EncryptResponse made = call(i / SEEDS % KINDS, seed, sealed);
        annotations.add(Sealed.annotation(made));
        sealed = made;
        answered++;
      } catch (StatusRuntimeException e) {
        if (String.valueOf(e.getMessage()).contains(HexFormat.of().formatHex(seed))) {
          throw new AssertionError("an answer repeats what was sent", e);
        }
        refused++;
      }
    }
  }

  private EncryptResponse call(int kind, byte[] seed, EncryptResponse sealed) {
    ByteString secret = ByteString.copyFrom(seed);
    return switch (kind) {
      case 0, 1, 2 -> client.encrypt(seed);
      case 3 -> client.encrypt(Arrays.copyOf(seed, TOO_LONG));
      case 4 -> opened(sealed.toBuilder().setCiphertext(secret).build());
      case 5 -> opened(sealed.toBuilder().setKeyId(HexFormat.of().formatHex(seed)).build());
      case 6 -> opened(Sealed.with(seed, sealed));
      case 7 ->
          opened(
              sealed.toBuilder()
                  .addAnnotations(Sealed.annotation("secret.example", secret))
                  .build());
      case 8 -> opened(Sealed.with(secret.concat(Sealed.annotation(sealed)).toByteArray(), sealed));
      default -> opened(sealed);
    };
  }

  private EncryptResponse opened(EncryptResponse sealed) {
    var _ = client.decrypt(sealed);
    return sealed;
  }
}
