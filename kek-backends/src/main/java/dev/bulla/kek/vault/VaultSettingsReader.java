// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.proof.ProofReader;
import dev.bulla.kek.vault.VaultSettings.KeyName;
import dev.bulla.kek.vault.VaultSettings.Network;
import dev.bulla.settings.SettingsBlock;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the {@code vault} block and notes what is wrong in it. */
final class VaultSettingsReader {
  private static final int MOST_ADDRESSES = 8;
  private static final String SEGMENT = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}";
  private static final Pattern NAME = Pattern.compile(SEGMENT);
  static final Pattern PATH = Pattern.compile(SEGMENT + "(/" + SEGMENT + "){0,7}");
  private static final Pattern URL =
      Pattern.compile("https?://([A-Za-z0-9._-]{1,253}|\\[[0-9a-fA-F:]{2,39}])(:[0-9]{1,5})?/?");
  private static final Pattern LOOPBACK =
      Pattern.compile("http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?/?");
  private static final Pattern NUMERIC = Pattern.compile("https?://([0-9.]+|\\[.*)(:[0-9]+)?/?");
  private static final Pattern PROXY =
      Pattern.compile("http://[A-Za-z0-9._-]{1,253}:[0-9]{1,4}[0-9]?/?");
  private static final String URL_ALLOWED =
      "https://HOST or https://HOST:PORT, without a path (a namespace has a key of its own)";

  private VaultSettingsReader() {}

  static Optional<VaultSettings> read(SettingsBlock block, ProofReader awsIam) {
    Optional<List<URI>> addresses = addresses(block);
    Optional<KeyName> key = key(block);
    Optional<Network> network = network(block, addresses.orElse(List.of()));
    Optional<List<LoginMethod>> auth = auth(block, network, awsIam);
    block.finish();
    if (addresses.isEmpty() || key.isEmpty() || network.isEmpty() || auth.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new VaultSettings(addresses.get(), key.get(), network.get(), auth.get()));
  }

  private static Optional<List<URI>> addresses(SettingsBlock block) {
    boolean plainHttp = block.flag("allowPlainHttp");
    boolean one = block.keys().contains("address");
    if (one == block.keys().contains("addresses")) {
      block.alsoAllowed(List.of("address", "addresses"));
      block.problem(one ? "has address and addresses; one must go" : "needs address or addresses");
      return Optional.empty();
    }
    String key = one ? "address" : "addresses";
    List<String> texts =
        one
            ? block.text(key, URL, URL_ALLOWED).stream().toList()
            : block.texts(key, URL, MOST_ADDRESSES, URL_ALLOWED);
    block.alsoAllowed(List.of("address", "addresses"));
    if (texts.stream().anyMatch(t -> isPlain(t) && !(plainHttp && isLoopback(t)))) {
      block.problem(
          key,
          "is plain HTTP; use https, or for a test on this host http://127.0.0.1:PORT with"
              + " allowPlainHttp: true");
      return Optional.empty();
    }
    return texts.isEmpty()
        ? Optional.empty()
        : Optional.of(texts.stream().map(t -> URI.create(t.replaceFirst("/$", ""))).toList());
  }

  private static boolean isPlain(String url) {
    return url.startsWith("http:");
  }

  private static boolean isLoopback(String url) {
    return LOOPBACK.matcher(url).matches();
  }

  private static Optional<KeyName> key(SettingsBlock block) {
    String label = "1 to 128 of A-Z a-z 0-9 . _ -";
    String path = "a path such as transit or team/transit, without slashes at its ends";
    Optional<String> cluster = orDefault(block, "clusterLabel", NAME, label, "");
    Optional<String> namespace = orDefault(block, "namespace", PATH, path, "");
    Optional<String> mount = orDefault(block, "mount", PATH, path, "transit");
    Optional<String> key = block.text("key", NAME, "the name of a transit key: " + label);
    long pinned = block.wholeNumber("pinned", 1, TransitVersion.MOST, 0);
    boolean pinnedIsWrong = pinned == 0 && block.keys().contains("pinned");
    if (cluster.isEmpty() || namespace.isEmpty() || mount.isEmpty() || pinnedIsWrong) {
      return Optional.empty();
    }
    return key.map(k -> new KeyName(cluster.get(), namespace.get(), mount.get(), k, pinned));
  }

  /** Returns the text, the default if it is absent, and empty if it is wrong. */
  static Optional<String> orDefault(
      SettingsBlock block, String key, Pattern pattern, String allowed, String otherwise) {
    Optional<String> text = block.optionalText(key, pattern, allowed);
    return text.isEmpty() && !block.keys().contains(key) ? Optional.of(otherwise) : text;
  }

  private static Optional<Network> network(SettingsBlock block, List<URI> addresses) {
    Optional<Path> ca = block.optionalAbsolutePath("caFile");
    Optional<String> serverName =
        block.optionalText("serverName", Pattern.compile("[A-Za-z0-9.-]{1,253}"), "a DNS name");
    Optional<Path> cert = block.optionalAbsolutePath("clientCertFile");
    Optional<Path> key = block.optionalAbsolutePath("clientKeyFile");
    Optional<InetSocketAddress> proxy = block.block("proxy").flatMap(VaultSettingsReader::proxy);
    boolean named = addresses.stream().anyMatch(a -> !NUMERIC.matcher(a.toString()).matches());
    if (serverName.isPresent() && named) {
      block.problem("serverName", "is only for addresses that are numbers; a name is its own");
      return Optional.empty();
    }
    if (key.isPresent() && cert.isEmpty()) {
      block.problem("clientKeyFile", "needs clientCertFile as well");
      return Optional.empty();
    }
    boolean wrong =
        isWrong(block, "caFile", ca)
            || isWrong(block, "serverName", serverName)
            || isWrong(block, "clientCertFile", cert)
            || isWrong(block, "clientKeyFile", key)
            || isWrong(block, "proxy", proxy);
    return wrong ? Optional.empty() : Optional.of(new Network(ca, serverName, proxy, cert, key));
  }

  private static boolean isWrong(SettingsBlock block, String key, Optional<?> read) {
    return read.isEmpty() && block.keys().contains(key);
  }

  private static Optional<InetSocketAddress> proxy(SettingsBlock block) {
    Optional<URI> address =
        block
            .text(
                "address",
                PROXY,
                "http://HOST:PORT of an HTTP proxy; with TLS to it or a password it is not served")
            .map(URI::create);
    block.finish();
    return address.map(uri -> InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort()));
  }

  private static Optional<List<LoginMethod>> auth(
      SettingsBlock block, Optional<Network> network, ProofReader awsIam) {
    Optional<SettingsBlock> auth = block.block("auth");
    if (auth.isEmpty()) {
      if (!block.keys().contains("auth")) {
        block.problem("auth", "is missing; it must be one of: " + LoginReader.choices());
      }
      return Optional.empty();
    }
    return new LoginReader(network, awsIam, block.flag("allowPlainHttp")).read(auth.get());
  }
}
