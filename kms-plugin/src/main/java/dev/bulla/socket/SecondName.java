// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A hidden second name of the published socket: while one of its two names is there, the other can
 * be given back to it, and nobody who is connected notices. Not thread-safe.
 */
final class SecondName {
  private final Path path;
  private final Path hidden;

  /** {@code hidden} is a name that nothing has. */
  SecondName(Path path, Path hidden) {
    this.path = path;
    this.hidden = hidden;
  }

  /** What was found at the path. */
  enum Found {
    OURS,
    /** Nothing, and the socket is back there now. */
    PUT_BACK,
    /** Nothing, and there is no name to put it back from. */
    GONE,
    /** Another file. */
    OTHER
  }

  /** Looks at the path, and mends it or the hidden name. Call it as the lock's holder only. */
  Found look(FileMark published) throws IOException {
    Optional<FileMark> there = FileMark.of(path);
    if (there.isEmpty()) {
      return putBack(published);
    }
    if (there.get().inode() != published.inode()) {
      return Found.OTHER;
    }
    if (!isOurs(hidden, published)) {
      link(hidden, path);
    }
    return Found.OURS;
  }

  private static boolean isOurs(Path name, FileMark published) throws IOException {
    return FileMark.of(name).filter(mark -> mark.inode() == published.inode()).isPresent();
  }

  private Found putBack(FileMark published) throws IOException {
    return isOurs(hidden, published) && link(path, hidden) ? Found.PUT_BACK : Found.GONE;
  }

  // Unlike a rename, this never displaces what somebody else put there meanwhile. Where no links
  // can be had there is no second name: nothing else is amiss.
  private static boolean link(Path name, Path existing) throws IOException {
    try {
      Files.createLink(name, existing);
      return true;
    } catch (FileSystemException | UnsupportedOperationException _) {
      return false;
    }
  }

  /** Removes the hidden name. */
  void remove() throws IOException {
    var _ = Files.deleteIfExists(hidden);
  }
}
