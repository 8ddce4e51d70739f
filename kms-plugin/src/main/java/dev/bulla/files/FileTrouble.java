// SPDX-License-Identifier: Apache-2.0
package dev.bulla.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Puts into words what java.nio tells by the type of its exceptions alone. */
public final class FileTrouble {
  private FileTrouble() {}

  /**
   * Returns {@code failure} with a message that a person can act on; of anything else than an
   * {@link IOException}, that it is a defect.
   */
  public static IOException explained(Throwable failure) {
    return switch (failure) {
      case FileSystemException file -> new IOException(file.getFile() + ": " + reason(file), file);
      case IOException other -> other;
      default -> new IOException("a defect, please report it: " + failure, failure);
    };
  }

  /** Returns why it failed, without the file's name. */
  public static String reason(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    return Objects.requireNonNullElse(failure.getReason(), failure.getClass().getSimpleName());
  }
}
