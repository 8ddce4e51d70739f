// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a process of the plugin's own user can do to it: deploy/drill/attack-drill.sh against the
 * packaged plugin, and against a plain JVM that holds a known text, so that it is seen to work.
 */
@Timeout(value = 300)
final class AttackDrillTest {
  private static final String PLANTED = "planted-6f2d41b7c09e";
  private static final List<String> ATTACKS =
      List.of("jcmd", "jmap", "gcore", "/proc/PID/mem", "/proc/PID/environ", "process_vm_readv");

  private PluginSite site;

  @BeforeEach
  void make() throws Exception {
    site = new PluginSite();
  }

  @AfterEach
  void remove() throws IOException {
    site.close();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Waits for the drill and returns what it says. */
  private String drill(long pid, String... text) throws Exception {
    String script = Path.of(System.getProperty("bulla.deploy"), "drill/attack-drill.sh").toString();
    List<String> command =
        Stream.concat(
                site.user().command("sh", script, Long.toString(pid)).stream(), Stream.of(text))
            .toList();
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    String tools = Path.of(System.getProperty("java.home"), "bin").toString();
    builder.environment().merge("PATH", tools, (path, own) -> own + ":" + path);
    builder.environment().remove("TMPDIR");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return said + "exit " + process.waitFor() + "\n";
  }

  private static String all(String verdict, int exit) {
    StringBuilder lines = new StringBuilder();
    ATTACKS.forEach(attack -> lines.append(attack).append(": ").append(verdict).append('\n'));
    return lines + "exit " + exit + "\n";
  }

  @Test
  void plugin_refusesAllSixAttacks() throws Exception {
    try (Daemon plugin = site.start()) {
      assertThat(drill(plugin.pid())).isEqualTo(all("refused", 0));
      assertThat(plugin.isAlive()).isTrue();
    }
  }

  @Test
  void plainJvm_isOpenToAllSix() throws Exception {
    Process open = open();
    try {
      assertThat(drill(open.pid(), PLANTED)).isEqualTo(all("GOT THROUGH, the text was found", 1));
    } finally {
      open.destroyForcibly();
    }
  }

  /** Starts a plain JVM in the site's folder, with the text in its memory and its environment. */
  private Process open() throws Exception {
    Path classes =
        Path.of(OpenProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ProcessBuilder builder =
        new ProcessBuilder(
            site.user()
                .command(
                    java(),
                    "-Xmx16m",
                    "-cp",
                    classes.toString(),
                    OpenProcess.class.getName(),
                    Integer.toString(PLANTED.length())));
    builder.directory(site.folder().toFile()).environment().put("PLANTED", PLANTED);
    Process open = builder.redirectErrorStream(true).start();
    open.getOutputStream().write(PLANTED.getBytes(StandardCharsets.US_ASCII));
    open.getOutputStream().flush();
    assertThat(open.inputReader().readLine()).isEqualTo("holds " + PLANTED.length());
    return open;
  }

  @Test
  void crash_leavesNoReportAndNoCore() throws Exception {
    try (Daemon plugin = site.start()) {
      signal("SEGV", plugin.pid());
      Eventually.until("it ended", Duration.ofSeconds(20), () -> !plugin.isAlive());
      assertThat(traces()).isEmpty();
      assertThat(plugin.log()).doesNotContain("hs_err").doesNotContain("SIGSEGV");
    }
  }

  @Test
  void crashOfAPlainJvm_leavesAReport() throws Exception {
    Process open = open();
    signal("SEGV", open.pid());
    assertThat(open.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(traces()).anyMatch(name -> name.startsWith("hs_err"));
  }

  private List<String> traces() throws IOException {
    try (Stream<Path> files = Files.walk(site.folder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("hs_err") || name.startsWith("core"))
          .toList();
    }
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
  void plantedOptions_haveNoEffect(String variable) throws Exception {
    // A JVM that heeds it does not start.
    assertThat(run(variable, java(), "-version")).contains("NoSuchOption").endsWith("exit 1\n");
    assertThat(run(variable, PluginSite.launcher(), "version"))
        .startsWith("bulla ")
        .doesNotContain("Picked up")
        .endsWith("exit 0\n");
  }

  private static String run(String variable, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(variable, "-XX:NoSuchOption=1");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return said + "exit " + process.waitFor() + "\n";
  }
}
