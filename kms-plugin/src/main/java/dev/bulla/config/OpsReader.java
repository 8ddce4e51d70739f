// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import dev.bulla.settings.SettingsBlock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the block {@code ops}: where metrics and probes are served. */
final class OpsReader {
  private static final Pattern ADDRESS =
      Pattern.compile("(localhost|[0-9.]{7,15}|\\[[0-9a-fA-F:.]{2,45}\\]):([0-9]{1,5})");
  private static final String ALLOWED =
      "an IP address and a port, such as 127.0.0.1:9808 or \"[::1]:9808\"";
  private static final int HIGHEST_PORT = 65_535;

  private OpsReader() {}

  static Optional<InetSocketAddress> read(SettingsBlock block, List<String> notices) {
    Optional<InetSocketAddress> address =
        block.text("address", ADDRESS, ALLOWED).flatMap(text -> parse(text, block));
    boolean remote = block.flag("allowRemote");
    if (address.isPresent() && !address.get().getAddress().isLoopbackAddress()) {
      if (remote) {
        notices.add("ops.address is reached from other hosts: whoever asks is told the metrics");
      } else {
        block.problem(
            "address",
            "is reached from other hosts; use 127.0.0.1, or set ops.allowRemote to true");
      }
    }
    block.finish();
    return address;
  }

  // No name is looked up: the port must not depend on a name server.
  private static Optional<InetSocketAddress> parse(String text, SettingsBlock block) {
    Matcher parts = ADDRESS.matcher(text);
    try {
      if (parts.matches()) {
        int port = Integer.parseInt(parts.group(2));
        if (port >= 1 && port <= HIGHEST_PORT) {
          return Optional.of(new InetSocketAddress(host(parts.group(1)), port));
        }
      }
    } catch (IllegalArgumentException _) {
      // Digits and dots that are no address: told below.
    }
    block.problem("address", "must be " + ALLOWED);
    return Optional.empty();
  }

  private static InetAddress host(String text) {
    return text.equals("localhost")
        ? InetAddress.getLoopbackAddress()
        : InetAddress.ofLiteral(text.replaceAll("[\\[\\]]", ""));
  }
}
