// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A user without rights: another one than root if the tests run as root, else their own. */
final class PluginUser {
  private static final int UID = 65_532;

  private final boolean root;
  private final int uid;

  private PluginUser(boolean root, int uid) {
    this.root = root;
    this.uid = uid;
  }

  static PluginUser ofOwner(Path folder) throws IOException {
    int own = (Integer) Files.getAttribute(folder, "unix:uid");
    return own == 0 ? new PluginUser(true, UID) : new PluginUser(false, own);
  }

  int uid() {
    return uid;
  }

  /** Whether a process can be run as somebody else. */
  boolean canBeOthers() {
    return root;
  }

  /** Returns the command, to be run as this user. */
  List<String> command(String... words) {
    return command(uid, words);
  }

  /** Returns the command, to be run as a user {@code other} in the group of this one. */
  List<String> command(int other, String... words) {
    List<String> command = new ArrayList<>();
    if (root) {
      command.addAll(
          List.of("setpriv", "--reuid", "" + other, "--regid", "" + uid, "--clear-groups"));
    }
    command.addAll(List.of(words));
    return command;
  }

  /** Gives this user a folder with all that is in it. */
  void own(Path folder) throws IOException {
    if (!root) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }
}
