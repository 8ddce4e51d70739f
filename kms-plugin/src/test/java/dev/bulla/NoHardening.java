// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.process.Hardening;
import dev.bulla.process.Outcome;
import dev.bulla.process.Protection;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Leaves the JVM of the tests as it is: what is applied to a process stays for good. */
final class NoHardening {
  private NoHardening() {}

  static Hardening apply() {
    return new Hardening(
        Arrays.stream(Protection.values())
            .collect(
                Collectors.toMap(Function.identity(), _ -> new Outcome.NotTried("in a test"))));
  }
}
