// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Which file lies at a path: its inode, and when that last changed, because an inode's number is
 * used again after the file is gone.
 */
record FileMark(long inode, long changedNanos, boolean isSocket) {
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_SOCKET = 0140000;

  /** Reads what lies at {@code path} itself, not where a link points; empty if nothing does. */
  static Optional<FileMark> of(Path path) throws IOException {
    try {
      Map<String, Object> attributes =
          Files.readAttributes(path, "unix:ino,ctime,mode", LinkOption.NOFOLLOW_LINKS);
      if (attributes.get("ino") instanceof Number inode
          && attributes.get("ctime") instanceof FileTime changed
          && attributes.get("mode") instanceof Number mode) {
        return Optional.of(
            new FileMark(
                inode.longValue(),
                changed.to(TimeUnit.NANOSECONDS),
                (mode.intValue() & TYPE_MASK) == TYPE_SOCKET));
      }
      throw new IOException("this system does not tell inodes of " + path);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }
}
