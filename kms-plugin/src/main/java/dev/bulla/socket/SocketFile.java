// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/** The files of a socket: the temporary name that is bound, and the path that it is renamed to. */
final class SocketFile {
  private static final String TEMPORARY_PREFIX = ".b";
  private static final Duration ABANDONED = Duration.ofMinutes(1);
  private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final int RANDOM_CHARACTERS = 10;

  private final SocketAddressSpec.File address;
  private final SocketSettings settings;
  private final Path temporary;

  SocketFile(SocketAddressSpec.File address, SocketSettings settings, SecureRandom random) {
    this.address = address;
    this.settings = settings;
    this.temporary = address.directory().resolve(temporaryName(random));
  }

  private static String temporaryName(SecureRandom random) {
    StringBuilder name = new StringBuilder(TEMPORARY_PREFIX);
    random.ints(RANDOM_CHARACTERS, 0, DIGITS.length()).forEach(i -> name.append(DIGITS.charAt(i)));
    return name.toString();
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
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
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

  /** Gives the bound socket its group and mode, before it has the name that clients know. */
  void protect() throws IOException {
    if (settings.group().isPresent()) {
      setGroup(settings.group().get());
    }
    Files.setPosixFilePermissions(temporary, settings.mode());
  }

  private void setGroup(String group) throws IOException {
    if (group.chars().allMatch(Character::isDigit)) {
      Files.setAttribute(temporary, "unix:gid", Integer.parseUnsignedInt(group));
      return;
    }
    GroupPrincipal principal =
        temporary.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
    PosixFileAttributeView view =
        Objects.requireNonNull(Files.getFileAttributeView(temporary, PosixFileAttributeView.class));
    view.setGroup(principal);
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

  /** Removes temporary names that instances left behind which were killed before they published. */
  void sweep(InstantSource clock) throws IOException {
    try (DirectoryStream<Path> names =
        Files.newDirectoryStream(address.directory(), TEMPORARY_PREFIX + "*")) {
      for (Path name : names) {
        if (isAbandoned(name, clock)) {
          var _ = Files.deleteIfExists(name);
        }
      }
    }
  }

  // A young one may be about to listen: bound, and not answering yet.
  private static boolean isAbandoned(Path name, InstantSource clock) throws IOException {
    Optional<FileMark> mark = FileMark.of(name);
    long before = clock.instant().minus(ABANDONED).toEpochMilli() * 1_000_000;
    return name.getFileName().toString().length() == TEMPORARY_PREFIX.length() + RANDOM_CHARACTERS
        && mark.isPresent()
        && mark.get().isSocket()
        && mark.get().changedNanos() < before
        && !answers(name);
  }
}
