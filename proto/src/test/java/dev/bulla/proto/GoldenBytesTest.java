// SPDX-License-Identifier: Apache-2.0
package dev.bulla.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.bulla.proto.v2.Annotation;
import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.DecryptResponse;
import dev.bulla.proto.v2.EncryptRequest;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.proto.v2.KeyManagementServiceGrpc;
import dev.bulla.proto.v2.StatusRequest;
import dev.bulla.proto.v2.StatusResponse;
import io.grpc.MethodDescriptor;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * The wire, byte for byte, as k8s.io/kms v0.37.2 encodes it: the hexadecimal texts were worked out
 * by hand from its api.proto (field number and type, length, value).
 */
final class GoldenBytesTest {
  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static Annotation annotation(String key, String value) {
    return Annotation.newBuilder().setKey(key).setValue(text(value)).build();
  }

  private static void assertWire(MessageLite message, String hex) {
    assertThat(HexFormat.of().formatHex(message.toByteArray())).isEqualTo(hex.replace(" ", ""));
  }

  @Test
  void status_hasVersionHealthzAndKeyIdAsFieldsOneToThree() {
    assertWire(StatusRequest.getDefaultInstance(), "");
    assertWire(
        StatusResponse.newBuilder().setVersion("v2").setHealthz("ok").setKeyId("k").build(),
        "0a02 7632 1202 6f6b 1a01 6b");
  }

  @Test
  void encrypt_hasItsAnnotationsAsFieldThree() {
    assertWire(
        EncryptRequest.newBuilder().setPlaintext(text("p")).setUid("u").build(), "0a01 70 1201 75");
    assertWire(
        EncryptResponse.newBuilder()
            .setCiphertext(text("c"))
            .setKeyId("k")
            .addAnnotations(annotation("a.b", "v"))
            .build(),
        "0a01 63 1201 6b 1a08 0a03 612e62 1201 76");
  }

  @Test
  void decrypt_hasItsAnnotationsAsFieldFour() {
    assertWire(
        DecryptRequest.newBuilder()
            .setCiphertext(text("c"))
            .setUid("u")
            .setKeyId("k")
            .addAnnotations(annotation("a.b", "v"))
            .build(),
        "0a01 63 1201 75 1a01 6b 2208 0a03 612e62 1201 76");
    assertWire(DecryptResponse.newBuilder().setPlaintext(text("p")).build(), "0a01 70");
  }

  @Test
  void annotations_areAnEntryForEachKeyAsAMapWritesThem() throws InvalidProtocolBufferException {
    // Two entries; one with neither key nor value, which a map takes as two empty ones; and one
    // whose value comes first and which has a field of a later version.
    DecryptRequest read =
        DecryptRequest.parseFrom(
            HexFormat.of()
                .parseHex(
                    "2208 0a03 612e62 1201 76 2205 0a01 63 1200 2200 2209 1801 1201 77 0a02 6465"
                        .replace(" ", "")));
    assertThat(read.getAnnotationsList())
        .extracting(Annotation::getKey, entry -> entry.getValue().toStringUtf8())
        .containsExactly(tuple("a.b", "v"), tuple("c", ""), tuple("", ""), tuple("de", "w"));
  }

  @Test
  void methods_haveTheirPaths() {
    assertThat(KeyManagementServiceGrpc.getServiceDescriptor().getMethods())
        .extracting(MethodDescriptor::getFullMethodName)
        .containsExactlyInAnyOrder(
            "v2.KeyManagementService/Status",
            "v2.KeyManagementService/Encrypt",
            "v2.KeyManagementService/Decrypt");
  }
}
