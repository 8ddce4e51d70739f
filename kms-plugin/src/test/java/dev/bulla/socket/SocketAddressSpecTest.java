// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SocketAddressSpecTest {
  @ParameterizedTest
  @CsvSource({
    "/run/bulla/kms.sock,unix:///run/bulla/kms.sock",
    "unix:///run/bulla/kms.sock,unix:///run/bulla/kms.sock",
    "unix:///run/b b/ü.sock,unix:///run/b b/ü.sock",
    "@bulla,unix:///@bulla",
    "unix:///@bulla,unix:///@bulla",
    "unix:///@a/b,unix:///@a/b",
  })
  void parse_legalAddress_isReadAsTheApiServerReadsIt(String text, String endpoint) {
    SocketAddressSpec address = SocketAddressSpec.parse(text);

    assertThat(address.endpoint()).isEqualTo(endpoint);
    assertThat(SocketAddressSpec.parse(endpoint)).isEqualTo(address);
  }

  @Test
  void parse_bothKinds_areKeptApart() {
    assertThat(SocketAddressSpec.parse("/a/b"))
        .isEqualTo(new SocketAddressSpec.File(Path.of("/a/b")));
    assertThat(SocketAddressSpec.parse("@a/b")).isEqualTo(new SocketAddressSpec.Abstract("a/b"));
  }

  @ParameterizedTest
  @CsvSource({
    "'',absolute path",
    "/,absolute path",
    "kms.sock,absolute path",
    "run/kms.sock,absolute path",
    "tcp://localhost:80,absolute path",
    "/run/../kms.sock,without '.' and '..'",
    "/run/./kms.sock,without '.' and '..'",
    "/run//kms.sock,two in a row",
    "/run/kms.sock/,end with a slash",
    "unix://run/kms.sock,three slashes",
    "unix:run/kms.sock,three slashes",
    "unix:/run/kms.sock,three slashes",
    "unix://@bulla,three slashes",
    "@,1 to 106 bytes",
    "unix:///@,1 to 106 bytes",
    "/@bulla,begin with '/@'",
    "/@run/kms.sock,begin with '/@'",
    "/run/kms%2Esock,as a URL",
    "/run/kms.sock?x,as a URL",
    "/run/kms#.sock,as a URL",
    "@bulla#1,as a URL",
  })
  void parse_anythingElse_isRefusedWithWhatIsAllowed(String text, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SocketAddressSpec.parse(text))
        .withMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/run/kms\0.sock", "@bulla\0", "/run/kms\n.sock", "/run/kms\u007f.sock"})
  void parse_controlCharacter_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> SocketAddressSpec.parse(text));
  }

  @Test
  void parse_pathOf107Bytes_isTheLongest() {
    String path = "/" + "d".repeat(97) + "/kms.sock";

    assertThat(SocketAddressSpec.parse(path).endpoint()).hasSize(107 + "unix://".length());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SocketAddressSpec.parse("/d" + path.substring(1)))
        .withMessageContaining("has 108 bytes; the kernel allows 107");
  }

  @Test
  void parse_pathOf108BytesInUtf8_isRefused() {
    // 107 characters.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SocketAddressSpec.parse("/" + "d".repeat(96) + "ü" + "/kms.sock"))
        .withMessageContaining("108 bytes");
  }

  @Test
  void parse_directoryWithoutRoomForTheTemporaryName_isRefused() {
    String directory = "/" + "d".repeat(99);

    assertThat(SocketAddressSpec.parse(directory + "/s").endpoint()).endsWith("/s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SocketAddressSpec.parse(directory + "d/s"))
        .withMessageContaining(
            "leaves 5 bytes for a temporary name in its directory; 6 are needed");
  }

  @Test
  void parse_abstractNameOf106Bytes_isTheLongest() {
    String name = "n".repeat(106);

    assertThat(SocketAddressSpec.parse("@" + name).endpoint()).isEqualTo("unix:///@" + name);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SocketAddressSpec.parse("@n" + name))
        .withMessageContaining("1 to 106 bytes");
  }
}
