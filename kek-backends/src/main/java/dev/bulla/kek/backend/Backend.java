// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.backend;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.settings.SettingsBlock;
import java.util.Optional;

/** One kind of KEK that can be configured. */
public interface Backend {
  /** Returns the key that introduces it in the configuration, such as {@code local}. */
  String name();

  /**
   * Reads its block, noting every problem in it; empty if there was one. Touches nothing outside.
   */
  Optional<Opener> read(SettingsBlock block);

  /** Opens the KEK that a block describes. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens it for one scope, without a remote call.
     *
     * @throws KekException if something on this host is missing or unsafe; the message says what to
     *     do
     */
    Kek open(String scope) throws KekException;
  }
}
