// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What tells that files were replaced or written, without reading them. Links are followed, because
 * projected volumes swap one.
 */
record FileStamp(List<Entry> entries) {
  FileStamp {
    entries = List.copyOf(entries);
  }

  record Entry(String key, FileTime modified, long size) {
    // As below.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Entry entry
          && key.equals(entry.key)
          && modified.equals(entry.modified)
          && size == entry.size;
    }

    @Override
    public int hashCode() {
      return key.hashCode();
    }
  }

  /** Returns the stamp of {@code files}; one that cannot be read has a stamp of its own. */
  static FileStamp of(List<Path> files) {
    List<Entry> entries = new ArrayList<>();
    for (Path file : files) {
      try {
        BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
        entries.add(new Entry(Objects.toString(a.fileKey()), a.lastModifiedTime(), a.size()));
      } catch (IOException _) {
        entries.add(new Entry("", FileTime.fromMillis(0), -1));
      }
    }
    return new FileStamp(entries);
  }

  // Written out, because the code that a record has for it is made at each start.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FileStamp stamp && entries.equals(stamp.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }
}
