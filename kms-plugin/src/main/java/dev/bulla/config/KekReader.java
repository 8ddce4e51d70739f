// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import dev.bulla.envelope.EnvelopeSettings;
import dev.bulla.envelope.KekRole;
import dev.bulla.kek.backend.Backend;
import dev.bulla.kek.registry.Backends;
import dev.bulla.settings.Problems;
import dev.bulla.settings.SettingsBlock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the {@code keks} list: each has a name, a role and the block of exactly one backend. */
final class KekReader {
  /** Most KEKs: one that writes, two that recover, and yesterday's that still open old data. */
  private static final int MOST_KEKS = 6;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  private final Set<String> names = new HashSet<>();
  private final List<Configuration.KekEntry> entries = new ArrayList<>();

  /** Returns the entries, or none if something is wrong with them. */
  List<Configuration.KekEntry> read(SettingsBlock root) {
    List<SettingsBlock> blocks = root.blocks("keks", MOST_KEKS);
    blocks.forEach(this::entry);
    if (blocks.isEmpty() || entries.size() != blocks.size()) {
      return List.of();
    }
    long writers = with(KekRole.WRITE);
    if (writers != 1) {
      root.problem("keks", "has " + writers + " KEKs with 'role: write'; exactly one must wrap");
    }
    if (with(KekRole.RECOVERY) > EnvelopeSettings.MOST_RECOVERY) {
      root.problem(
          "keks",
          "has more than "
              + EnvelopeSettings.MOST_RECOVERY
              + " KEKs with 'role: recovery', which is what an envelope has room for");
    }
    return entries;
  }

  private long with(KekRole role) {
    return entries.stream().filter(entry -> entry.role() == role).count();
  }

  private void entry(SettingsBlock block) {
    Optional<String> name =
        block.text("name", NAME, "1 to 32 of a-z, 0-9 and '-', such as primary");
    if (name.isPresent() && !names.add(name.get())) {
      block.problem(
          "name", "is " + Problems.quoted(name.get()) + " a second time; give each KEK its own");
    }
    Optional<KekRole> role =
        block
            .text("role", Pattern.compile("write|recovery|decrypt"), "write, recovery or decrypt")
            .map(text -> KekRole.valueOf(text.toUpperCase(Locale.ROOT)));
    Optional<Backend> backend = backend(block);
    Optional<Backend.Opener> opener = backend.flatMap(b -> block.block(b.name()).flatMap(b::read));
    block.alsoAllowed(Backends.names());
    block.finish();
    if (name.isPresent() && role.isPresent() && backend.isPresent() && opener.isPresent()) {
      String kind = backend.get().name();
      entries.add(
          new Configuration.KekEntry(
              name.get(),
              role.get(),
              kind,
              opener.get(),
              block.positionOf(kind),
              block.pathOf(kind)));
    }
  }

  private Optional<Backend> backend(SettingsBlock block) {
    List<String> named =
        block.keys().stream().filter(key -> Backends.named(key).isPresent()).toList();
    if (named.size() != 1) {
      String count = named.isEmpty() ? "names no backend" : "names two backends";
      String names = String.join(", ", Backends.names());
      block.problem(count + "; exactly one of these blocks must be here: " + names);
      return Optional.empty();
    }
    return Backends.named(named.getFirst());
  }
}
