// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.bulla.socket.SocketAddressSpec;
import dev.bulla.time.Ticker;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;

/** {@code bulla probe --socket ENDPOINT}: what an API server would see of a plugin. */
final class ProbeCommand {
  private final PrintStream out;
  private final PrintStream err;

  ProbeCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  ExitCode run(String endpoint, String format) {
    if (!format.equals("text") && !format.equals("json")) {
      err.println(
          "bulla: --output is '"
              + format.replaceAll("\\p{Cntrl}", "?")
              + "'; it must be text or json");
      return ExitCode.USAGE;
    }
    SocketAddressSpec address;
    try {
      address = SocketAddressSpec.parse(endpoint);
    } catch (IllegalArgumentException e) {
      err.println("bulla: --socket " + e.getMessage());
      return ExitCode.USAGE;
    }
    String caller = ProbeSteps.caller();
    List<ProbeSteps.Step> steps = new ProbeSteps(Ticker.system(), new SecureRandom()).run(address);
    boolean passed = steps.stream().allMatch(ProbeSteps.Step::passed);
    if (format.equals("json")) {
      out.println(json(address, caller, steps, passed));
    } else {
      text(address, caller, steps, passed);
    }
    return passed ? ExitCode.OK : ExitCode.CHECK_FAILED;
  }

  private void text(
      SocketAddressSpec address, String caller, List<ProbeSteps.Step> steps, boolean passed) {
    out.println(address.endpoint() + " as " + caller);
    steps.forEach(step -> out.println(line(step)));
    out.println(passed ? "passed" : "FAILED");
  }

  /** Returns a step as a line of a table. */
  static String line(ProbeSteps.Step step) {
    return String.format(
        Locale.ROOT,
        "  %-4s %-18s %8.2f ms  %s",
        step.passed() ? "ok" : "FAIL",
        step.name(),
        step.millis(),
        step.detail());
  }

  private static JsonObject json(
      SocketAddressSpec address, String caller, List<ProbeSteps.Step> steps, boolean passed) {
    JsonArray array = new JsonArray();
    for (ProbeSteps.Step step : steps) {
      JsonObject one = new JsonObject();
      one.addProperty("name", step.name());
      one.addProperty("passed", step.passed());
      one.addProperty("milliseconds", step.millis());
      one.addProperty("detail", step.detail());
      array.add(one);
    }
    JsonObject all = new JsonObject();
    all.addProperty("endpoint", address.endpoint());
    all.addProperty("caller", caller);
    all.addProperty("passed", passed);
    all.add("steps", array);
    return all;
  }
}
