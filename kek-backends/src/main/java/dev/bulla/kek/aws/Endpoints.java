// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.settings.SettingsBlock;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the address of an endpoint: TLS, or plain HTTP to loopback if that is allowed. */
final class Endpoints {
  private static final Pattern URL =
      Pattern.compile("https?://([A-Za-z0-9._-]{1,253}|\\[[0-9a-fA-F:]{2,39}])(:[0-9]{1,5})?/?");

  private static final Pattern LOOPBACK =
      Pattern.compile("http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?/?");

  private Endpoints() {}

  /** Returns the address under {@code key}, or empty if it is absent or wrong. */
  static Optional<URI> read(SettingsBlock block, String key, boolean plainHttp) {
    Optional<String> text =
        block.optionalText(key, URL, "https://HOST or https://HOST:PORT, without a path");
    if (text.isPresent() && text.get().startsWith("http:")) {
      if (!plainHttp || !LOOPBACK.matcher(text.get()).matches()) {
        block.problem(
            key,
            "is plain HTTP; use https, or for a test on this host http://127.0.0.1:PORT with"
                + " allowPlainHttp: true");
        return Optional.empty();
      }
    }
    return text.map(URI::create);
  }
}
