// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.config.Configuration;
import dev.bulla.kek.KekException;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.process.Hardening;
import dev.bulla.socket.SocketAddressSpec;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * {@code bulla demo}: the real server on a real socket, in a temporary folder, with a local KEK.
 */
final class DemoCommand {
  private final PrintStream out;
  private final PrintStream err;
  private final Supplier<Hardening> hardener;

  DemoCommand(PrintStream out, PrintStream err, Supplier<Hardening> hardener) {
    this.out = out;
    this.err = err;
    this.hardener = hardener;
  }

  ExitCode run(boolean keep, boolean apiserver) {
    if (apiserver) {
      err.println(
          "bulla: --apiserver needs the end-to-end tests' parts; call './bulla demo --apiserver' in a checkout");
      return ExitCode.USAGE;
    }
    Path folder = null;
    try {
      folder = Files.createTempDirectory("bulla-demo");
      return demonstrate(folder, keep);
    } catch (KekException | IOException e) {
      err.println("bulla: the demo failed: " + e.getMessage());
      return ExitCode.RUNTIME;
    } catch (InterruptedException _) {
      return ExitCode.OK;
    } finally {
      remove(folder);
    }
  }

  private ExitCode demonstrate(Path folder, boolean keep)
      throws IOException, KekException, InterruptedException {
    Path file = writeConfiguration(folder);
    Optional<Configuration> configuration = new ConfigurationFile(file.toString(), err).load();
    if (configuration.isEmpty()) {
      return ExitCode.RUNTIME;
    }
    EventLog log = new EventLog();
    Hardening hardening = hardener.get();
    log.hardened(hardening);
    try (Bulla bulla = Bulla.start(configuration.get(), log, hardening)) {
      bulla.publish();
      bulla.awaitWarm();
      boolean passed = show(configuration.get().socket().address());
      if (keep && passed) {
        keepServing(bulla, folder, file);
      }
      return passed ? ExitCode.OK : ExitCode.CHECK_FAILED;
    }
  }

  private static Path writeConfiguration(Path folder) throws IOException {
    Path key = folder.resolve("kek");
    LocalKek.createKeyFile(key, new SecureRandom());
    Path file = folder.resolve("bulla.yaml");
    return Files.writeString(
        file,
        """
        scope: demo
        socket: { path: %s, mode: "0600", allowedUids: [%s] }
        keks:
          - { name: demo, role: write, local: { keyFile: %s } }
        """
            .formatted(folder.resolve("kms.sock"), Files.getAttribute(folder, "unix:uid"), key));
  }

  private boolean show(SocketAddressSpec address) {
    out.println();
    out.println("Bulla serves on " + address.endpoint() + "; calls over gRPC:");
    List<ProbeSteps.Step> steps = new ProbeSteps(Ticker.system(), new SecureRandom()).run(address);
    steps.forEach(step -> out.println(ProbeCommand.line(step)));
    out.println();
    out.println("kube-apiserver uses it with --encryption-provider-config=FILE, where FILE holds:");
    out.println();
    out.print(encryptionConfiguration(address));
    out.println();
    return steps.stream().allMatch(ProbeSteps.Step::passed);
  }

  private static String encryptionConfiguration(SocketAddressSpec address) {
    return """
      apiVersion: apiserver.config.k8s.io/v1
      kind: EncryptionConfiguration
      resources:
        - resources: [secrets]
          providers:
            - kms: { apiVersion: v2, name: bulla, endpoint: "%s", timeout: 3s }
            - identity: {}
    """
        .formatted(address.endpoint());
  }

  private void keepServing(Bulla bulla, Path folder, Path file) throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(
                    () -> {
                      bulla.close();
                      remove(folder);
                      Runtime.getRuntime().halt(ExitCode.OK.number());
                    }));
    out.println("It goes on serving, configured by " + file + "; end it with Ctrl-C.");
    new CountDownLatch(1).await();
  }

  private void remove(@org.jspecify.annotations.Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException _) {
      err.println(
          "bulla: could not remove " + folder + "; remove it by hand, it holds the demo's key");
    }
  }
}
