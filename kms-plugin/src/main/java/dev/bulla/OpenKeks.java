// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.config.Configuration;
import dev.bulla.envelope.ConfiguredKek;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import java.util.ArrayList;
import java.util.List;

/** The KEKs of a configuration, opened: all of them, or none. */
final class OpenKeks implements AutoCloseable {
  private final List<ConfiguredKek> configured = new ArrayList<>();

  private OpenKeks() {}

  /**
   * Opens them; no call is made.
   *
   * @throws KekException if one cannot be opened on this host
   */
  static OpenKeks open(Configuration configuration) throws KekException {
    OpenKeks keks = new OpenKeks();
    try {
      for (Configuration.KekEntry entry : configuration.keks()) {
        Kek kek = entry.opener().open(configuration.scope());
        keks.configured.add(new ConfiguredKek(entry.name(), entry.role(), kek));
      }
      return keks;
    } catch (KekException | RuntimeException e) {
      keks.close();
      throw e;
    }
  }

  List<ConfiguredKek> configured() {
    return List.copyOf(configured);
  }

  @Override
  public void close() {
    configured.forEach(kek -> kek.kek().close());
  }
}
