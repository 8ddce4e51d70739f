// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import java.io.IOException;

/**
 * A JVM that nothing protects. Reads a text, says so, and holds it until its input ends; the text
 * is in its environment as well.
 */
final class OpenProcess {
  private OpenProcess() {}

  public static void main(String[] arguments) throws IOException {
    byte[] held = System.in.readNBytes(Integer.parseInt(arguments[0]));
    System.out.println("holds " + held.length);
    System.out.println("ends " + System.in.read() + held[0]);
  }
}
