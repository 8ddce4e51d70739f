// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import dev.bulla.fault.FaultProxy;
import dev.bulla.fault.NetworkFault;
import dev.bulla.kek.vault.BaoKey;
import dev.bulla.kek.vault.OpenBao;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real OpenBao with a key, and a network to it that can be cut. */
final class BaoLink implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("https://127\\.0\\.0\\.1:([0-9]+)");

  private final OpenBao bao;
  private final BaoKey key;
  private final FaultProxy proxy;

  private BaoLink(OpenBao bao, BaoKey key, FaultProxy proxy) {
    this.bao = bao;
    this.key = key;
    this.proxy = proxy;
  }

  /** Starts it in a folder of {@code site}; or skips the test where there is no OpenBao. */
  static BaoLink start(Site site) throws Exception {
    Path folder = Files.createDirectories(site.folder().resolve("bao"));
    OpenBao bao = OpenBao.start(folder);
    try {
      BaoKey key = BaoKey.create(bao, "prod", folder);
      Matcher address = ADDRESS.matcher(key.entry());
      if (!address.find()) {
        throw new AssertionError("the entry has no address");
      }
      return new BaoLink(
          bao, key, FaultProxy.start("127.0.0.1", Integer.parseInt(address.group(1))));
    } catch (Exception | AssertionError e) {
      bao.close();
      throw e;
    }
  }

  BaoKey key() {
    return key;
  }

  /** Returns the {@code vault} block of the key, through the network. */
  String block() throws Exception {
    return ADDRESS.matcher(key.entry()).replaceFirst("https://127.0.0.1:" + proxy.port());
  }

  void cut() throws Exception {
    proxy.set(new NetworkFault.Down());
  }

  void mend() throws Exception {
    proxy.set(new NetworkFault.None());
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    bao.close();
  }
}
