// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.bulla.proto.v2.Annotation;
import dev.bulla.proto.v2.EncryptResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which annotations a Decrypt may bring: ours, and once. */
final class AnnotationsOverSocketTest {
  @TempDir Path folder;

  @Test
  void envelope_opensWithItsOneAnnotationOnly() throws Exception {
    Path key = Files.write(folder.resolve("kek"), new byte[32]);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    try (RunningPlugin plugin =
        RunningPlugin.start("local: { keyFile: %s }".formatted(key), folder)) {
      EncryptResponse sealed = plugin.client().encrypt(new byte[] {1, 2, 3});
      ByteString ours = Sealed.annotation(sealed);
      Annotation other = Sealed.annotation("else.bulla.dev", ours);
      Annotation own = sealed.getAnnotations(0);
      assertThat(plugin.client().decrypt(sealed).getPlaintext().toByteArray())
          .containsExactly(1, 2, 3);
      for (List<Annotation> wrong :
          List.of(
              List.<Annotation>of(),
              List.of(other),
              List.of(own, own),
              List.of(own, other),
              List.of(other, own))) {
        EncryptResponse altered =
            sealed.toBuilder().clearAnnotations().addAllAnnotations(wrong).build();
        assertThatThrownBy(() -> plugin.client().decrypt(altered))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                refused ->
                    assertThat(refused.getStatus().getCode())
                        .isEqualTo(Status.Code.INVALID_ARGUMENT));
      }
    }
  }
}
