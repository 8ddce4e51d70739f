// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands and their options. Built in code: picocli's annotations would need reflection. */
final class CommandLines {
  private CommandLines() {}

  static CommandLine bulla() {
    CommandSpec root =
        command(
            "bulla",
            "A Kubernetes KMS v2 plugin that keeps working while its KEK service is down.");
    root.addSubcommand("serve", serve());
    CommandSpec config = command("config", "Looks at a configuration.");
    config.addSubcommand("check", check());
    root.addSubcommand("config", config);
    CommandSpec journal = command("journal", "Looks at the journal of wrapped data keys.");
    journal.addSubcommand("show", show());
    root.addSubcommand("journal", journal);
    CommandSpec audit = command("audit", "Looks at the audit trail.");
    audit.addSubcommand("verify", verify());
    root.addSubcommand("audit", audit);
    root.addSubcommand("probe", probe());
    root.addSubcommand("render", render());
    root.addSubcommand("demo", demo());
    root.addSubcommand("version", command("version", "Prints the version."));
    return new CommandLine(root);
  }

  private static CommandSpec command(String name, String description) {
    CommandSpec spec = CommandSpec.create().name(name).mixinStandardHelpOptions(false);
    spec.usageMessage().description(description).abbreviateSynopsis(true);
    return spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Shows this help.").build());
  }

  private static CommandSpec serve() {
    return command("serve", "Serves on the configured socket until SIGTERM.")
        .addOption(
            OptionSpec.builder("--config")
                .required(true)
                .type(String.class)
                .paramLabel("FILE")
                .description("The configuration, YAML.")
                .build());
  }

  private static CommandSpec check() {
    return command("check", "Tells everything that is wrong with a configuration.")
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("FILE")
                .arity("1")
                .type(String.class)
                .description("The configuration, YAML.")
                .build());
  }

  private static CommandSpec show() {
    return command("show", "Lists what a journal holds: when each data key was made, and its KEKs.")
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("JOURNAL")
                .arity("1")
                .type(String.class)
                .description("The journal, as journal.path names it.")
                .build());
  }

  private static CommandSpec verify() {
    return command("verify", "Tells whether lines were removed, changed or moved.")
        .addOption(
            OptionSpec.builder("--kept")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .paramLabel("HASH")
                .description("A hash that was kept elsewhere; a line must have it. Repeatable.")
                .build())
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("FILE")
                .arity("1..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("All files of the trail, in any order, also gzipped ones.")
                .build());
  }

  private static CommandSpec probe() {
    return command("probe", "Calls Status, Encrypt and Decrypt of a plugin.")
        .addOption(
            OptionSpec.builder("--socket")
                .required(true)
                .type(String.class)
                .paramLabel("ENDPOINT")
                .description("Such as unix:///var/run/bulla/kms.sock.")
                .build())
        .addOption(
            OptionSpec.builder("-o", "--output")
                .type(String.class)
                .paramLabel("FORMAT")
                .defaultValue("text")
                .description("text or json.")
                .build());
  }

  private static CommandSpec render() {
    return command("render", "Writes the files of one distribution; applies nothing.")
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("VALUES")
                .arity("1")
                .type(String.class)
                .description("The values, YAML; docs/install tells them.")
                .build())
        .addOption(
            OptionSpec.builder("--out")
                .required(true)
                .type(String.class)
                .paramLabel("DIR")
                .description("Where to; no file there is overwritten.")
                .build());
  }

  private static CommandSpec demo() {
    return command("demo", "Shows the plugin at work in a temporary folder, with a KEK of its own.")
        .addOption(
            OptionSpec.builder("--keep")
                .type(boolean.class)
                .description("Goes on serving until it is interrupted.")
                .build())
        .addOption(
            OptionSpec.builder("--apiserver")
                .type(boolean.class)
                .description(
                    "With a real kube-apiserver and etcd; only from a checkout, by ./bulla.")
                .build());
  }
}
