// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/** Where the server listens, as the API server reads an endpoint (k8s.io/kms, ParseEndpoint). */
public sealed interface SocketAddressSpec {
  /** Most bytes of a socket's path: sun_path of unix(7) has 108, with a closing zero. */
  int MAX_PATH_BYTES = 107;

  /** Room in the directory for the name that is bound before it is renamed. */
  int TEMPORARY_NAME_BYTES = 14;

  /** Returns the endpoint as an EncryptionConfiguration writes it. */
  String endpoint();

  /**
   * Parses {@code /path}, {@code @name}, {@code unix:///path} or {@code unix:///@name}.
   *
   * @throws IllegalArgumentException with what is allowed, if it is none of these or too long
   */
  static SocketAddressSpec parse(String text) {
    String rest = text;
    if (text.startsWith("unix:")) {
      rest = text.substring("unix:".length());
      if (!rest.startsWith("///")) {
        throw new IllegalArgumentException(
            "must have three slashes after 'unix:': the API server drops what follows two");
      }
      rest = rest.substring(rest.startsWith("///@") ? 3 : 2);
    }
    if (rest.startsWith("@")) {
      return new Abstract(rest.substring(1));
    }
    if (!rest.startsWith("/") || rest.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "must be an absolute path such as /var/run/bulla/kms.sock, or @name for an abstract socket");
    }
    return new File(Path.of(rest));
  }

  /** A socket file. */
  record File(Path path) implements SocketAddressSpec {
    /** Checks that it is absolute, normal, and short enough for the kernel. */
    public File {
      if (!path.isAbsolute() || !path.normalize().equals(path) || path.getFileName() == null) {
        throw new IllegalArgumentException(
            "must be an absolute path without '.' and '..', such as /var/run/bulla/kms.sock");
      }
      int bytes = bytes(path.toString());
      if (bytes > MAX_PATH_BYTES) {
        throw new IllegalArgumentException(
            "has " + bytes + " bytes; the kernel allows " + MAX_PATH_BYTES + ": shorten the path");
      }
      int directory = bytes(directory(path).toString());
      if (directory + TEMPORARY_NAME_BYTES > MAX_PATH_BYTES) {
        throw new IllegalArgumentException(
            "is in a directory of %d bytes; at most %d are allowed, for a temporary name must fit in it"
                .formatted(directory, MAX_PATH_BYTES - TEMPORARY_NAME_BYTES));
      }
    }

    Path directory() {
      return directory(path);
    }

    private static Path directory(Path path) {
      return Objects.requireNonNull(path.getParent(), "an absolute file has a parent");
    }

    private static int bytes(String text) {
      return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public String endpoint() {
      return "unix://" + path;
    }
  }

  /**
   * A name in the abstract namespace of Linux: no file, no mode, no group. Only {@code allowedUids}
   * guards it, and any process of the network namespace may take the name first.
   */
  record Abstract(String name) implements SocketAddressSpec {
    /** Checks the length. */
    public Abstract {
      int bytes = name.getBytes(StandardCharsets.UTF_8).length;
      if (bytes < 1 || bytes >= MAX_PATH_BYTES) {
        throw new IllegalArgumentException(
            "an abstract name must have 1 to " + (MAX_PATH_BYTES - 1) + " bytes: " + bytes);
      }
    }

    @Override
    public String endpoint() {
      return "unix:///@" + name;
    }
  }
}
