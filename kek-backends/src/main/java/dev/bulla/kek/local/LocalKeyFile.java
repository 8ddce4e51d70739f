// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.local;

import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * The keys of a key file, oldest first. Either exactly 32 raw bytes, or text with one base64 key of
 * 32 bytes a line, newest last. The keys are wiped by {@link #close()}. Not thread-safe.
 */
final class LocalKeyFile implements AutoCloseable {
  static final int KEY_BYTES = 32;

  /** Most keys of a file: a rotation a week for five years. */
  static final int MAX_KEYS = 256;

  /** Most bytes of a file: {@link #MAX_KEYS} lines with room for blank ones. */
  static final int MAX_BYTES = 16 * 1024;

  private static final Set<PosixFilePermission> ALLOWED =
      PosixFilePermissions.fromString("rw-------");

  private final List<KeyMaterial> keys;

  private LocalKeyFile(List<KeyMaterial> keys) {
    this.keys = keys;
  }

  /** Returns the keys, oldest first, at least one; they stay this object's. */
  List<KeyMaterial> keys() {
    return keys;
  }

  /**
   * Reads and checks the file.
   *
   * @throws KekException.Denied if others than its owner may touch it, or it is no regular file
   * @throws KekException.Unavailable if it is not there, cannot be read, or is not a key file
   */
  static LocalKeyFile read(Path file) throws KekException {
    try {
      requireSafe(file);
      byte[] content = content(file);
      try {
        return parse(file, content);
      } finally {
        Arrays.fill(content, (byte) 0);
      }
    } catch (NoSuchFileException e) {
      throw new KekException.Unavailable(
          "key file "
              + file
              + " is not there: make one with 'head -c 32 /dev/urandom' and mode 0600",
          e);
    } catch (IOException e) {
      throw new KekException.Unavailable("key file " + file + " cannot be read", e);
    }
  }

  private static void requireSafe(Path file) throws IOException, KekException {
    PosixFileAttributes attributes =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new KekException.Denied("key file " + file + " must be a regular file, not a link");
    }
    if (!ALLOWED.containsAll(attributes.permissions())) {
      throw new KekException.Denied(
          "key file %s has mode %s; only its owner may read it: run 'chmod 0600 %s'"
              .formatted(file, PosixFilePermissions.toString(attributes.permissions()), file));
    }
  }

  private static byte[] content(Path file) throws IOException, KekException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        Arrays.fill(content, (byte) 0);
        throw new KekException.Unavailable(
            "key file " + file + " is larger than " + MAX_BYTES + " bytes");
      }
      return content;
    }
  }

  /** Parses what a file holds; {@code content} stays the caller's to wipe. */
  static LocalKeyFile parse(Path file, byte[] content) throws KekException {
    if (content.length == KEY_BYTES) {
      return new LocalKeyFile(List.of(KeyMaterial.adopt(content.clone())));
    }
    LocalKeyFile keys = new LocalKeyFile(new ArrayList<>());
    int line = 1;
    int from = 0;
    for (int to = 0; to <= content.length; to++) {
      if (to == content.length || content[to] == '\n') {
        keys.addLine(file, line, Arrays.copyOfRange(content, from, to));
        line++;
        from = to + 1;
      }
    }
    if (keys.keys.isEmpty()) {
      throw new KekException.Unavailable(
          "key file "
              + file
              + " holds no key: it must be 32 raw bytes, or base64 keys, one a line");
    }
    return keys;
  }

  private void addLine(Path file, int number, byte[] line) throws KekException {
    byte[] text = stripped(line);
    try {
      if (text.length == 0) {
        return;
      }
      byte[] key = Base64.getDecoder().decode(text);
      if (key.length != KEY_BYTES || keys.size() == MAX_KEYS) {
        Arrays.fill(key, (byte) 0);
        throw badLine(file, number);
      }
      keys.add(KeyMaterial.adopt(key));
    } catch (IllegalArgumentException _) {
      throw badLine(file, number);
    } finally {
      Arrays.fill(line, (byte) 0);
      Arrays.fill(text, (byte) 0);
    }
  }

  private KekException.Unavailable badLine(Path file, int number) {
    close();
    return new KekException.Unavailable(
        "key file %s, line %d: must be a base64 key of 32 bytes (44 characters), at most %d of them, newest last"
            .formatted(file, number, MAX_KEYS));
  }

  private static byte[] stripped(byte[] line) {
    int to = line.length;
    while (to > 0 && (line[to - 1] == ' ' || line[to - 1] == '\r')) {
      to--;
    }
    return Arrays.copyOf(line, to);
  }

  /**
   * Makes a key file with one new key, mode 0600.
   *
   * @throws FileAlreadyExistsException if something is there already
   */
  static void create(Path file, SecureRandom random) throws IOException {
    byte[] key = new byte[KEY_BYTES];
    try {
      random.nextBytes(key);
      Files.createFile(file, PosixFilePermissions.asFileAttribute(ALLOWED));
      Files.write(file, key, StandardOpenOption.WRITE);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  @Override
  public void close() {
    keys.forEach(KeyMaterial::close);
  }
}
