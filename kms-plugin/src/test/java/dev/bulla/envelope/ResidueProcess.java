// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.KekException;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.memory.FreeHeap;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Makes and uses DEKs, then ends them in the way that it is told. After each step it prints a line
 * and waits for one.
 */
final class ResidueProcess {
  static final String SCOPE = "residue";
  static final int DEKS = 200;
  private static final int USES = 200;

  private final List<Dek> deks = new ArrayList<>();
  private final PrintStream out = System.out;

  private ResidueProcess() {}

  /** How the DEKs end. */
  enum End {
    DROP,
    ERASE,
    ERASE_AND_SCRUB
  }

  public static void main(String[] arguments) throws Exception {
    new ResidueProcess().run(Path.of(arguments[0]), End.valueOf(arguments[1]));
  }

  private void run(Path keyFile, End end) throws KekException, DekNotMadeException, IOException {
    KeyId keyId = make(keyFile);
    for (int use = 0; use < USES; use++) {
      deks.forEach(dek -> use(dek, keyId));
    }
    deks.forEach(dek -> out.println(HexFormat.of().formatHex(dek.annotation().toByteArray())));
    await();
    out.println(end(end));
    await();
  }

  private KeyId make(Path keyFile) throws KekException, DekNotMadeException {
    try (LocalKek kek = LocalKek.open(keyFile, SCOPE)) {
      ConfiguredKek configured = new ConfiguredKek("local", KekRole.WRITE, kek);
      EnvelopeSettings settings = new EnvelopeSettings(SCOPE, 1, configured, DekLimits.DEFAULT);
      KekSet keks = KekSet.of(settings, Ticker.system(), new NoEvents());
      DekFactory factory = new DekFactory(keks, new SecureRandom(), InstantSource.system());
      Deadline deadline = Deadline.after(Duration.ofMinutes(1), Ticker.system());
      KekVersion version = kek.describe(deadline).current();
      while (deks.size() < DEKS) {
        deks.add(factory.make((_, _) -> version, Set.of(), deadline));
      }
      return keks.keyId(version);
    }
  }

  private static void use(Dek dek, KeyId keyId) {
    byte[] sealed = Objects.requireNonNull(dek.seal(new byte[32], keyId));
    if (dek.open(sealed, keyId.text()).isEmpty()) {
      throw new AssertionError("a DEK does not open what it sealed");
    }
  }

  private String end(End end) {
    switch (end) {
      case DROP -> deks.clear();
      case ERASE, ERASE_AND_SCRUB -> deks.forEach(Dek::erase);
    }
    if (end == End.ERASE_AND_SCRUB) {
      return FreeHeap.ofSerialCollector().orElseThrow().scrub().toString();
    }
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return "collected";
  }

  private static void await() throws IOException {
    if (System.in.read() < 0) {
      throw new IOException("the parent has gone");
    }
  }
}
