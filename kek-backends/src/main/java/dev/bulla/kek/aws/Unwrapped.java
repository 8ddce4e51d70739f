// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;

/**
 * An unwrapped master with the version that unwrapped it.
 *
 * @param master the receiver's to close
 */
record Unwrapped(KeyMaterial master, KekVersion version) implements AutoCloseable {
  @Override
  public void close() {
    master.close();
  }
}
