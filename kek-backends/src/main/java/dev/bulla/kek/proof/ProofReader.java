// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.proof;

import dev.bulla.settings.SettingsBlock;
import java.util.Optional;

/** Reads from a login's block what a proof needs. */
@FunctionalInterface
public interface ProofReader {
  /**
   * Reads its keys, noting every problem in them; empty if there was one. Touches nothing outside,
   * and leaves it to the caller to finish the block, which has other keys too.
   *
   * @param plainHttp whether endpoints may be plain HTTP to this host
   */
  Optional<CallerProof> read(SettingsBlock block, boolean plainHttp);
}
