// SPDX-License-Identifier: Apache-2.0
package dev.bulla.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at a file and its directory before the file is opened, which never blocks. Only a regular
 * file of this process's own uid, with one name and no wider mode than is allowed, is opened, and
 * only in a directory where no stranger can put another in its place: so what was looked at is what
 * is opened. Immutable, thread-safe.
 */
public final class TrustedPlace {
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_DIRECTORY = 0040000;
  private static final int TYPE_FILE = 0100000;
  private static final int STICKY = 01000;
  private static final int OTHERS_WRITE = 0002;
  private static final int PERMISSIONS = 07777;

  /**
   * A file as it was seen.
   *
   * @param size in bytes
   */
  public record Mark(long inode, long size) {}

  private record Seen(int mode, long uid, long links, Mark mark) {
    int type() {
      return mode & TYPE_MASK;
    }
  }

  private final Path file;
  private final Path directory;
  private final int widest;

  /**
   * The place of {@code file}.
   *
   * @param file must be absolute
   * @param widest the permissions that its mode may have, such as 0600
   */
  public TrustedPlace(Path file, int widest) {
    this.file = file;
    this.widest = widest;
    Path parent = file.getParent();
    this.directory = parent == null ? file : parent;
  }

  /** Returns the directory that the file is in. */
  public Path directory() {
    return directory;
  }

  /**
   * Looks at both.
   *
   * @return the file, or empty if it or its directory is missing
   * @throws IOException if one of them is refused, with what to do about it
   */
  public Optional<Mark> look() throws IOException {
    Optional<Seen> above = see(directory);
    if (above.isEmpty()) {
      return Optional.empty();
    }
    checkDirectory(above.get());
    Optional<Seen> seen = see(file);
    if (seen.isPresent()) {
      checkFile(seen.get());
    }
    return seen.map(Seen::mark);
  }

  /** Makes the directory, with mode 0700, if only it is missing; then checks it. */
  public void prepareDirectory() throws IOException {
    if (see(directory).isEmpty()) {
      create();
    }
    checkDirectory(see(directory).orElseThrow(() -> new NoSuchFileException(directory.toString())));
  }

  private void create() throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException _) {
      // Made by another at this moment: it is checked like any other.
    } catch (NoSuchFileException e) {
      throw new IOException(
          directory + " cannot be made: the directory above it is missing too; create it first", e);
    }
  }

  private void checkDirectory(Seen seen) throws IOException {
    if (seen.type() != TYPE_DIRECTORY) {
      throw new IOException(directory + " must be a directory, not a link or a file");
    }
    if ((seen.mode() & (OTHERS_WRITE | STICKY)) == OTHERS_WRITE) {
      throw new IOException(
          directory
              + " may be written by everybody, who could put another file there: run 'chmod o-w "
              + directory
              + "'");
    }
  }

  private void checkFile(Seen seen) throws IOException {
    if (seen.type() != TYPE_FILE) {
      throw new IOException(
          file + " is not a regular file; move it away, or configure another path");
    }
    if (seen.uid() != ProcessUid.own()) {
      throw new IOException(
          file + " belongs to uid " + seen.uid() + ", not to this process; remove it");
    }
    if ((seen.mode() & PERMISSIONS & ~widest) != 0) {
      throw new IOException(
          file
              + " may be used by others than it should: run 'chmod "
              + Integer.toOctalString(widest)
              + " "
              + file
              + "', or remove it");
    }
    if (seen.links() != 1) {
      throw new IOException(
          file + " has " + seen.links() + " names, and one may be in others' reach; remove it");
    }
  }

  private static Optional<Seen> see(Path path) throws IOException {
    try {
      Map<String, Object> attributes =
          Files.readAttributes(path, "unix:mode,uid,nlink,ino,size", LinkOption.NOFOLLOW_LINKS);
      return Optional.of(
          new Seen(
              (int) number(attributes, "mode"),
              // Java gives a uid as an int, which a large one does not fit.
              Integer.toUnsignedLong((int) number(attributes, "uid")),
              number(attributes, "nlink"),
              new Mark(number(attributes, "ino"), number(attributes, "size"))));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private static long number(Map<String, Object> attributes, String name) throws IOException {
    if (attributes.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("this system does not tell the " + name + " of files");
  }
}
