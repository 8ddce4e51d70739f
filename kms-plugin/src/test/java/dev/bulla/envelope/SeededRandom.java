// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.Random;

/** Gives the same bytes for the same seed: for histories that must come again, and nothing else. */
final class SeededRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  SeededRandom(long seed) {
    super(new Source(seed), null);
  }

  private static final class Source extends SecureRandomSpi {
    private static final long serialVersionUID = 1L;
    private final Random random;

    Source(long seed) {
      this.random = new Random(seed);
    }

    @Override
    protected void engineSetSeed(byte[] seed) {}

    @Override
    protected void engineNextBytes(byte[] bytes) {
      random.nextBytes(bytes);
    }

    @Override
    protected byte[] engineGenerateSeed(int count) {
      return new byte[count];
    }
  }
}
