// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

/**
 * Hardens itself, and gives memory back once it has read a byte; what came of it is printed. After
 * another byte it collects garbage, to use what was given back, and says that it is alive.
 */
final class GivingProcess {
  private GivingProcess() {}

  public static void main(String[] arguments) throws Exception {
    var _ = Hardener.apply();
    System.out.println("started");
    var _ = System.in.read();
    System.out.println(ColdPages.giveBack());
    var _ = System.in.read();
    System.gc();
    System.out.println("alive");
  }
}
