// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import dev.bulla.kek.backend.Backend;
import dev.bulla.kek.registry.Backends;
import dev.bulla.settings.Problems;
import dev.bulla.settings.SettingsBlock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the {@code keks} list: each has a name, a role and the block of exactly one backend. */
final class KekReader {
  /** Most KEKs: one that writes, two that recover, one that still opens old data. */
  private static final int MOST_KEKS = 4;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  private final Set<String> names = new HashSet<>();
  private final List<Configuration.KekEntry> writers = new ArrayList<>();
  private int readable;

  Optional<Configuration.KekEntry> read(SettingsBlock root) {
    List<SettingsBlock> blocks = root.blocks("keks", MOST_KEKS);
    blocks.forEach(this::entry);
    boolean allRead = readable == blocks.size();
    if (allRead && !blocks.isEmpty() && writers.size() != 1) {
      root.problem(
          "keks", "has " + writers.size() + " KEKs with 'role: write'; exactly one must wrap");
    }
    return writers.stream().findFirst();
  }

  private void entry(SettingsBlock block) {
    Optional<String> name =
        block.text("name", NAME, "1 to 32 of a-z, 0-9 and '-', such as primary");
    if (name.isPresent() && !names.add(name.get())) {
      block.problem(
          "name", "is " + Problems.quoted(name.get()) + " a second time; give each KEK its own");
    }
    boolean writes = role(block);
    Optional<Backend> backend = backend(block);
    Optional<Backend.Opener> opener = backend.flatMap(b -> block.block(b.name()).flatMap(b::read));
    block.alsoAllowed(Backends.names());
    block.finish();
    if (name.isPresent() && backend.isPresent() && opener.isPresent()) {
      readable++;
      if (writes) {
        writers.add(
            new Configuration.KekEntry(
                name.get(),
                backend.get().name(),
                opener.get(),
                block.positionOf(backend.get().name()),
                block.pathOf(backend.get().name())));
      }
    }
  }

  // A recovery KEK that is accepted and not wrapped to would be found missing when it is needed.
  private boolean role(SettingsBlock block) {
    Optional<String> role =
        block.text(
            "role",
            Pattern.compile("write|recovery|decrypt"),
            "write (recovery and decrypt come in a later release)");
    if (role.isPresent() && !role.get().equals("write")) {
      block.problem("role", "is " + role.get() + ", which is not in this release; allowed: write");
    }
    return role.filter("write"::equals).isPresent();
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
