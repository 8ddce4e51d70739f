// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import dev.bulla.files.TrustedPlace;
import dev.bulla.files.TrustedPlace.Mark;
import dev.bulla.journal.DiskSteps.Step;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file. It is opened for each use and looked at before, so a directory that is gone, a disk
 * that has become read-only or a file that another has put there is noticed at the next use; that
 * costs microseconds where forcing a record to the disk takes milliseconds. Not thread-safe.
 */
final class JournalFile {
  private static final Set<OpenOption> OPEN =
      Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> CREATE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-------");
  private static final int WIDEST = 0600;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Mark NOTHING = new Mark(0, 0);

  private final Path path;
  private final Path temporary;
  private final TrustedPlace place;
  private final DiskSteps steps;

  /** The file as it was last read or written, with the size that it has without a torn tail. */
  private Mark left = NOTHING;

  private int count;
  private boolean sound;

  JournalFile(Path path, DiskSteps steps) {
    this.path = path.toAbsolutePath().normalize();
    this.temporary = this.path.resolveSibling(this.path.getFileName() + ".new");
    this.place = new TrustedPlace(this.path, WIDEST);
    this.steps = steps;
  }

  /** Whether the file is as it was left; if not, it must be read before it is written. */
  boolean isAsLeft() throws IOException {
    return place.look().orElse(NOTHING).equals(left);
  }

  /** Reads the file; a missing one has no records. */
  Contents read() throws IOException {
    Optional<Mark> mark = place.look();
    Contents contents = mark.isPresent() ? contents() : Contents.NONE;
    left = mark.map(seen -> new Mark(seen.inode(), contents.end())).orElse(NOTHING);
    count = contents.count();
    sound = contents.isSound();
    return contents;
  }

  private Contents contents() throws IOException {
    try (InputStream in =
        new BufferedInputStream(
            Files.newInputStream(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS),
            BUFFER_BYTES)) {
      return ContentsReader.read(in);
    } catch (ForeignFileException e) {
      throw new IOException(
          path + " is " + e.getMessage() + "; move it away, or configure another path", e);
    }
  }

  /** How many records the file holds, those that occur twice counted twice. */
  int count() {
    return count;
  }

  /** Whether there is a file to which records can be appended. */
  boolean isSound() {
    return sound;
  }

  /** Whether there is a file that only a rewrite makes good. */
  boolean isDamaged() {
    return !sound && !left.equals(NOTHING);
  }

  /** Removes what a compaction left behind that was killed. */
  void sweep() throws IOException {
    steps.before(Step.SWEEP);
    var _ = Files.deleteIfExists(temporary);
  }

  /**
   * Appends records to a file that is sound and as it was left, and has the system write them out.
   * If that fails, any of them may be there, the last one torn.
   */
  void append(List<ByteBuffer> records) throws IOException {
    Mark before = forget();
    long end = before.size();
    try (FileChannel channel = FileChannel.open(path, OPEN)) {
      cut(channel, end);
      for (ByteBuffer record : records) {
        steps.before(Step.APPEND);
        end += write(channel, RecordFormat.encode(record), end);
      }
      channel.force(false);
    }
    remember(new Mark(before.inode(), end), count + records.size());
  }

  // A torn tail, of a kill or of an append that failed, would hide what is written behind it.
  private void cut(FileChannel channel, long end) throws IOException {
    if (channel.size() > end) {
      steps.before(Step.TRUNCATE);
      var _ = channel.truncate(end);
    }
  }

  /**
   * Puts a new file, of these records alone, in the place of the old one, if there is one. Whatever
   * fails, and whenever the process is killed, one of the two is there, whole.
   *
   * @param records oldest first
   */
  void rewrite(Collection<ByteBuffer> records) throws IOException {
    var _ = forget();
    place.prepareDirectory();
    sweep();
    long size;
    try {
      size = fill(records);
      steps.before(Step.RENAME);
      var _ = Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw swept(e);
    }
    forceDirectory();
    Mark now = place.look().orElse(NOTHING);
    remember(new Mark(now.inode(), size), records.size());
  }

  private long fill(Collection<ByteBuffer> records) throws IOException {
    steps.before(Step.CREATE);
    try (FileChannel channel =
        FileChannel.open(temporary, CREATE, PosixFilePermissions.asFileAttribute(MODE))) {
      // A umask may have left the owner less.
      var _ = Files.setPosixFilePermissions(temporary, MODE);
      steps.before(Step.FILL);
      long size = write(channel, ByteBuffer.wrap(RecordFormat.header()), 0);
      for (ByteBuffer record : records) {
        steps.before(Step.FILL);
        size += write(channel, RecordFormat.encode(record), size);
      }
      steps.before(Step.FORCE);
      channel.force(false);
      return size;
    }
  }

  // On a full disk the half of a new file would keep the room that others wait for.
  private IOException swept(IOException failure) {
    try {
      sweep();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  // Else the records that are appended to the new file could be lost with its name.
  private void forceDirectory() throws IOException {
    steps.before(Step.FORCE_DIRECTORY);
    try (FileChannel channel = FileChannel.open(place.directory(), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static int write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
    int length = bytes.remaining();
    int written = channel.write(bytes, offset);
    if (written < length) {
      throw new IOException("only " + written + " of " + length + " bytes could be written");
    }
    return written;
  }

  private Mark forget() {
    Mark before = left;
    left = NOTHING;
    sound = false;
    return before;
  }

  private void remember(Mark now, int records) {
    left = now;
    count = records;
    sound = true;
  }
}
