// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.util.List;

/**
 * Where wrapped DEKs are noted for the next start: annotation bytes, which are safe in the clear.
 * Advisory: nothing is lost without it but warmth. Thread-safe; no method throws, and a slow disk
 * may hold up the caller, which is never an event loop.
 */
public interface WrappedDeks {
  /** Notes one, as the newest. */
  void note(byte[] annotation);

  /** Forgets one that no KEK unwraps. */
  void drop(byte[] annotation);

  /** Returns what was noted before this start, newest first. */
  List<byte[]> noted();

  /** Notes nothing. */
  static WrappedDeks none() {
    return new WrappedDeks() {
      @Override
      public void note(byte[] annotation) {}

      @Override
      public void drop(byte[] annotation) {}

      @Override
      public List<byte[]> noted() {
        return List.of();
      }
    };
  }
}
