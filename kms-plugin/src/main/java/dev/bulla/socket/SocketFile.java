// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.files.FileTrouble;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;

/** The files of a socket: the temporary name that is bound, and the path that it is renamed to. */
final class SocketFile {
  private static final String TEMPORARY_PREFIX = ".b";
  private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

  /** Enough that two instances never meet; fewer where a long directory leaves less room. */
  private static final int MOST_DIGITS = 10;

  /** A younger temporary name may be about to listen: bound, and not answering yet. */
  static final Duration ABANDONED = Duration.ofMinutes(1);

  private static final long MAX_GID = 0xFFFF_FFFEL;

  private final SocketAddressSpec.File address;
  private final SocketSettings settings;
  private final Path temporary;

  SocketFile(SocketAddressSpec.File address, SocketSettings settings, SecureRandom random) {
    this.address = address;
    this.settings = settings;
    this.temporary = temporaryName(address, random);
  }

  // Netty's bind unlinks whatever lies at the path, so nothing may lie there.
  private static Path temporaryName(SocketAddressSpec.File address, SecureRandom random) {
    int digits = Math.min(MOST_DIGITS, address.temporaryNameBytes() - TEMPORARY_PREFIX.length());
    Path name;
    do {
      StringBuilder text = new StringBuilder(TEMPORARY_PREFIX);
      random.ints(digits, 0, DIGITS.length()).forEach(i -> text.append(DIGITS.charAt(i)));
      name = address.directory().resolve(text.toString());
    } while (Files.exists(name, LinkOption.NOFOLLOW_LINKS));
    return name;
  }

  /** Returns the second name that the socket has once it is published. */
  SecondName secondName(SecureRandom random) {
    return new SecondName(address.path(), temporaryName(address, random));
  }

  Path path() {
    return address.path();
  }

  Path temporary() {
    return temporary;
  }

  /** Makes the directory if only it is missing, and refuses one that strangers may write to. */
  void prepareDirectory() throws IOException {
    Path directory = address.directory();
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      create(directory);
    }
    PosixFileAttributes attributes =
        Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isDirectory()) {
      throw new IOException(directory + " must be a directory, not a link or a file");
    }
    if (attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          directory
              + " may be written by everybody, who could put another socket there: run 'chmod o-w "
              + directory
              + "'");
    }
  }

  private static void create(Path directory) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
    } catch (FileAlreadyExistsException _) {
      // Another instance that starts at this moment has made it: it is checked like any other.
    } catch (NoSuchFileException e) {
      throw new IOException(
          directory + " cannot be made: the directory above it is missing too; create it first", e);
    }
  }

  /** Gives the bound socket its group and mode, before it has the name that clients know. */
  void protect() throws IOException {
    if (settings.group().isPresent()) {
      setGroup(settings.group().get());
    }
    Files.setPosixFilePermissions(temporary, settings.mode());
  }

  private void setGroup(String group) throws IOException {
    try {
      if (group.chars().allMatch(Character::isDigit)) {
        Files.setAttribute(temporary, "unix:gid", gid(group));
      } else {
        view(temporary).setGroup(principal(group));
      }
    } catch (FileSystemException e) {
      throw new IOException(
          "the socket cannot be given to group "
              + group
              + " ("
              + FileTrouble.reason(e)
              + "): run Bulla as a member of it, or change socket.group",
          e);
    }
  }

  private static int gid(String digits) throws IOException {
    try {
      long gid = Long.parseLong(digits);
      if (gid <= MAX_GID) {
        return (int) gid;
      }
    } catch (NumberFormatException _) {
      // More digits than a long has: out of range as well.
    }
    throw new IOException("socket.group: " + digits + " is not a group id, 0 to " + MAX_GID);
  }

  private static PosixFileAttributeView view(Path path) {
    return Objects.requireNonNull(Files.getFileAttributeView(path, PosixFileAttributeView.class));
  }

  private GroupPrincipal principal(String group) throws IOException {
    try {
      return temporary
          .getFileSystem()
          .getUserPrincipalLookupService()
          .lookupPrincipalByGroupName(group);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException(
          "socket.group: this host has no group " + group + "; create it, or give its number", e);
    }
  }

  /** What lies at the path. */
  enum Occupant {
    /** Nothing, or a socket that nobody answers, or one whose owner has let go: take the path. */
    NONE,
    /** A socket that somebody answers, who does not know our lock. */
    STRANGER
  }

  /**
   * Looks at the path, under the lock.
   *
   * @throws IOException if what lies there is not a socket: it is not touched
   */
  Occupant occupant(SocketLock lock) throws IOException {
    Optional<FileMark> mark = FileMark.of(path());
    if (mark.isEmpty()) {
      return Occupant.NONE;
    }
    if (!mark.get().isSocket()) {
      throw new IOException(
          path() + " is there and is not a socket; move it away, or configure another path");
    }
    return lock.recorded(mark.get()) || !answers(path()) ? Occupant.NONE : Occupant.STRANGER;
  }

  private static boolean answers(Path socket) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      var _ = probe.connect(UnixDomainSocketAddress.of(socket));
      return true;
    } catch (ConnectException _) {
      return false;
    } catch (IOException e) {
      // Gone in between, or a full backlog, or no permission: only the first is nobody.
      return Files.exists(socket, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** Gives the socket its path, in one step for whoever connects. */
  FileMark publish() throws IOException {
    Files.move(temporary, path(), StandardCopyOption.ATOMIC_MOVE);
    return FileMark.of(path()).orElseThrow(() -> new IOException(path() + " vanished"));
  }

  boolean isAt(FileMark published) throws IOException {
    return FileMark.of(path()).filter(mark -> mark.inode() == published.inode()).isPresent();
  }

  /**
   * Removes temporary names that instances left behind which were killed before they published.
   * What cannot be removed stays: it only takes room.
   */
  void sweep() {
    sweep(ABANDONED);
  }

  /** As {@link #sweep()}: {@code age} is how much older than ours a name must be. */
  void sweep(Duration age) {
    try (DirectoryStream<Path> names =
        Files.newDirectoryStream(address.directory(), TEMPORARY_PREFIX + "*")) {
      // Both by the file system's clock: no other can be compared with it.
      long before = FileMark.of(path()).orElseThrow().changedNanos() - age.toNanos();
      for (Path name : names) {
        if (isAbandoned(name, before)) {
          var _ = Files.deleteIfExists(name);
        }
      }
    } catch (IOException | DirectoryIteratorException | NoSuchElementException _) {
      // Nothing depends on it.
    }
  }

  private boolean isAbandoned(Path name, long beforeNanos) throws IOException {
    Optional<FileMark> mark = FileMark.of(name);
    return name.toString().length() == temporary.toString().length()
        && mark.isPresent()
        && mark.get().isSocket()
        && mark.get().changedNanos() < beforeNanos
        && !answers(name);
  }
}
