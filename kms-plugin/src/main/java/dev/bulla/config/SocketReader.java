// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import dev.bulla.settings.SettingsBlock;
import dev.bulla.socket.SocketAddressSpec;
import dev.bulla.socket.SocketSettings;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the {@code socket} block. */
final class SocketReader {
  private static final long HIGHEST_UID = 0xFFFF_FFFEL;
  private static final int MOST_UIDS = 64;
  private static final Pattern ANY = Pattern.compile("(?s).+");
  private static final Pattern GROUP = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,31}");

  private SocketReader() {}

  static Optional<SocketSettings> read(SettingsBlock root) {
    Optional<SettingsBlock> block = root.block("socket");
    if (block.isEmpty() && !root.keys().contains("socket")) {
      root.problem("socket", "is missing; it must be a mapping with at least 'path'");
    }
    return block.flatMap(SocketReader::settings);
  }

  private static Optional<SocketSettings> settings(SettingsBlock block) {
    Optional<SocketAddressSpec> address = address(block);
    Optional<Set<PosixFilePermission>> mode = mode(block);
    Optional<String> group =
        block.optionalText("group", GROUP, "the name or the number of a group, such as root or 0");
    List<Long> uids = block.wholeNumbers("allowedUids", 0, HIGHEST_UID, MOST_UIDS, List.of(0L));
    String busy = block.choice("whenBusy", List.of("wait", "fail"), "wait");
    block.finish();
    if (address.isEmpty() || mode.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new SocketSettings(
            address.get(),
            mode.get(),
            group,
            new HashSet<>(uids),
            SocketSettings.WhenBusy.valueOf(busy.toUpperCase(Locale.ROOT))));
  }

  private static Optional<SocketAddressSpec> address(SettingsBlock block) {
    Optional<String> path =
        block.text("path", ANY, "an absolute path, such as /var/run/bulla/kms.sock");
    try {
      return path.map(SocketAddressSpec::parse);
    } catch (IllegalArgumentException e) {
      block.problem("path", Objects.requireNonNullElse(e.getMessage(), "is not an address"));
      return Optional.empty();
    }
  }

  private static Optional<Set<PosixFilePermission>> mode(SettingsBlock block) {
    String allowed =
        "four octal digits in quotes that let the owner read and write and others do nothing,"
            + " such as \"0660\" or \"0600\"";
    Optional<String> text = block.optionalText("mode", Pattern.compile("0[67][0-7]0"), allowed);
    return text.isEmpty() && block.keys().contains("mode")
        ? Optional.empty()
        : Optional.of(permissions(Integer.parseInt(text.orElse("0660"), 8)));
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    PosixFilePermission[] all = PosixFilePermission.values();
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < all.length; bit++) {
      // The constants stand in the order of the mode's bits, the owner's read bit first.
      if ((mode & (0400 >>> bit)) != 0) {
        set.add(all[bit]);
      }
    }
    return set;
  }
}
