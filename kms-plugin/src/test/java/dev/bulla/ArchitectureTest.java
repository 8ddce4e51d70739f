// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One direction: socket, service, envelope, kek; backends below kek; nothing sees the root. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // All classes are read once.
final class ArchitectureTest {
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.bulla");

  @Test
  void packages_haveNoCycles() {
    slices().matching("dev.bulla.(**)").should().beFreeOfCycles().check(classes);
  }

  private void never(String from, String... to) {
    noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(to)
        .check(classes);
  }

  @Test
  void kek_knowsNothingAboveIt() {
    never(
        "dev.bulla.kek",
        "dev.bulla.kek.*..",
        "dev.bulla.envelope..",
        "dev.bulla.service..",
        "dev.bulla.socket..",
        "dev.bulla.settings..",
        "io.grpc..",
        "io.netty..");
    never(
        "dev.bulla.kek.local",
        "dev.bulla.envelope..",
        "dev.bulla.service..",
        "dev.bulla.socket..",
        "io.grpc..",
        "io.netty..");
  }

  @Test
  void backends_doNotSeeEachOther_andOnlyThatOfAwsItsSdk() {
    never("dev.bulla.kek.aws..", "dev.bulla.kek.vault..", "dev.bulla.kek.local..");
    never("dev.bulla.kek.local..", "dev.bulla.kek.vault..", "dev.bulla.kek.aws..");
    never("dev.bulla.kek.vault..", "dev.bulla.kek.aws..", "dev.bulla.kek.local..");
    never("dev.bulla.kek.vault..", "software.amazon.awssdk..");
    never(
        "dev.bulla.kek.proof..",
        "dev.bulla.kek.aws..",
        "dev.bulla.kek.vault..",
        "dev.bulla.kek.registry..",
        "software.amazon.awssdk..");
  }

  @Test
  void envelope_knowsNoBackendAndNoWire() {
    never(
        "dev.bulla.envelope..",
        "dev.bulla.kek.*..",
        "dev.bulla.service..",
        "dev.bulla.socket..",
        "dev.bulla.config..",
        "dev.bulla.proto..",
        "io.grpc..",
        "io.netty..",
        "com.google.protobuf..");
  }

  @Test
  void service_knowsNoSocketAndNoBackend() {
    never(
        "dev.bulla.service..",
        "dev.bulla.kek..",
        "dev.bulla.socket..",
        "dev.bulla.config..",
        "io.netty..");
  }

  @Test
  void socket_knowsNoEnvelope() {
    never("dev.bulla.socket..", "dev.bulla.envelope..", "dev.bulla.kek..", "dev.bulla.config..");
  }

  @Test
  void time_andSettings_knowNothingOfOurs() {
    never("dev.bulla.time", "dev.bulla.kek..", "dev.bulla.settings..", "dev.bulla.envelope..");
    never("dev.bulla.settings", "dev.bulla.kek..", "dev.bulla.time..", "dev.bulla.envelope..");
  }

  @Test
  void render_knowsSettingsAlone() {
    onlyOfOurs("dev.bulla.render..", "dev.bulla.render..", "dev.bulla.settings..");
  }

  private void onlyOfOurs(String from, String... allowed) {
    noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat(resideInAPackage("dev.bulla..").and(resideOutsideOfPackages(allowed)))
        .check(classes);
  }

  @Test
  void journal_knowsByteArraysAndFilesAlone() {
    onlyOfOurs("dev.bulla.journal..", "dev.bulla.journal..", "dev.bulla.files", "dev.bulla.time");
  }

  @Test
  void audit_knowsLinesAndFilesAlone() {
    onlyOfOurs(
        "dev.bulla.audit..",
        "dev.bulla.audit..",
        "dev.bulla.lines",
        "dev.bulla.files",
        "dev.bulla.time");
  }

  @Test
  void linesFilesAndSystemd_knowNothingOfOursButTime() {
    onlyOfOurs("dev.bulla.lines..", "dev.bulla.lines..", "dev.bulla.time");
    onlyOfOurs("dev.bulla.files..", "dev.bulla.files..");
    onlyOfOurs("dev.bulla.systemd..", "dev.bulla.systemd..", "dev.bulla.time");
  }

  @Test
  void health_knowsNoEnvelopeAndNoBackend() {
    never(
        "dev.bulla.health..",
        "dev.bulla.kek.*..",
        "dev.bulla.envelope..",
        "dev.bulla.service..",
        "dev.bulla.socket..",
        "dev.bulla.config..",
        "io.grpc..");
  }

  @Test
  void memory_andProcess_knowNothingOfOurs() {
    knowsNothingOfOurs("dev.bulla.memory..");
    knowsNothingOfOurs("dev.bulla.process..");
  }

  private void knowsNothingOfOurs(String from) {
    noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat(resideInAPackage("dev.bulla..").and(resideOutsideOfPackage(from)))
        .check(classes);
  }

  @Test
  void events_areForListenersAndTheRoot() {
    for (String below : List.of("kek..", "health..", "envelope..", "service..", "socket..")) {
      never("dev.bulla." + below, "dev.bulla.events..");
    }
  }

  @Test
  void ops_isNeededByNobodyButTheRoot_andSeesNoBackendAndNoSocket() {
    noClasses()
        .that()
        .resideInAPackage("dev.bulla.*..")
        .and()
        .resideOutsideOfPackage("dev.bulla.ops..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.bulla.ops..")
        .check(classes);
    never("dev.bulla.ops..", "dev.bulla.kek.*..", "dev.bulla.socket..", "dev.bulla.config..");
  }

  @Test
  void root_isSeenByNobody() {
    noClasses()
        .that()
        .resideInAPackage("dev.bulla.*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.bulla")
        .check(classes);
  }
}
