// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.local;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.util.Bytes;
import com.google.crypto.tink.util.SecretBytes;
import dev.bulla.kek.DatedVersion;
import dev.bulla.kek.Hkdf;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekState;
import dev.bulla.kek.KekType;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.Lp16;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A KEK in a key file. The file is read again on each call, so that a key appended to it is the
 * current version at once; its first key is its identity and must stay. A version is the index of a
 * key, u32. Thread-safe.
 */
public final class LocalKek implements Kek {
  private static final int IDENTITY_BYTES = 16;
  private static final int BLOB_BYTES = 12 + MASTER_BYTES + 16;

  private final Path file;
  private final byte[] associatedData;
  private final KekIdentity identity;
  private volatile boolean closed;

  private LocalKek(Path file, String scope, KekIdentity identity) {
    this.file = file;
    this.associatedData =
        Lp16.join("bulla/v1/wrap".getBytes(StandardCharsets.US_ASCII), Lp16.of(scope));
    this.identity = identity;
  }

  /**
   * Opens the key file {@code file} for one scope.
   *
   * @throws KekException if it is not there, not safe, or not a key file; the message says what to
   *     do
   */
  public static LocalKek open(Path file, String scope) throws KekException {
    try (LocalKeyFile keys = LocalKeyFile.read(file)) {
      return new LocalKek(file, scope, identity(keys));
    }
  }

  /**
   * Makes a key file with one new key that only its owner can read.
   *
   * @throws IOException if something is there already, or the file cannot be written
   */
  public static void createKeyFile(Path file, SecureRandom random) throws IOException {
    LocalKeyFile.create(file, random);
  }

  @Override
  public KekIdentity identity() {
    return identity;
  }

  @Override
  public WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline)
      throws KekException {
    if (master.size() != MASTER_BYTES) {
      throw new IllegalArgumentException(
          "a master has " + MASTER_BYTES + " bytes: " + master.size());
    }
    try (LocalKeyFile keys = keys(deadline)) {
      byte[] blob = aead(key(keys, version)).encrypt(master.bytes(), associatedData);
      return new WrappedKey(version, Bytes.copyFrom(blob));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM refused a master", e);
    }
  }

  @Override
  public KeyMaterial unwrap(WrappedKey wrapped, Deadline deadline) throws KekException {
    try (LocalKeyFile keys = keys(deadline)) {
      if (wrapped.blob().size() != BLOB_BYTES) {
        throw new KekException.Rejected("the blob does not have the size of a local one");
      }
      KeyMaterial key = key(keys, wrapped.version());
      return KeyMaterial.adopt(aead(key).decrypt(wrapped.blob().toByteArray(), associatedData));
    } catch (GeneralSecurityException _) {
      throw new KekException.Rejected("the blob was not made by this key, or was altered");
    }
  }

  @Override
  public KekDescription describe(Deadline deadline) throws KekException {
    try (LocalKeyFile keys = keys(deadline)) {
      List<DatedVersion> newestFirst = new ArrayList<>();
      for (int index = 0; index < keys.keys().size(); index++) {
        newestFirst.addFirst(new DatedVersion(version(index), Optional.empty()));
      }
      return new KekDescription(identity, newestFirst, KekState.ENABLED, Optional.empty());
    }
  }

  private LocalKeyFile keys(Deadline deadline) throws KekException {
    if (closed) {
      throw new KekException.Unavailable("the KEK was closed");
    }
    if (deadline.expired()) {
      throw new KekException.Unavailable("no time was left to read the key file");
    }
    LocalKeyFile keys = LocalKeyFile.read(file);
    if (!identity(keys).equals(identity)) {
      keys.close();
      throw new KekException.Revoked(KekException.Revoked.Reason.RECREATED);
    }
    return keys;
  }

  private static KeyMaterial key(LocalKeyFile keys, KekVersion version)
      throws KekException.Rejected {
    byte[] bytes = version.value().toByteArray();
    long index = bytes.length == 4 ? Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()) : -1;
    if (index < 0 || index >= keys.keys().size()) {
      throw new KekException.Rejected("the key file has no such version");
    }
    return keys.keys().get((int) index);
  }

  private static KekVersion version(int index) {
    return new KekVersion(Bytes.copyFrom(ByteBuffer.allocate(4).putInt(index).array()));
  }

  private static KekIdentity identity(LocalKeyFile keys) {
    byte[] info = "bulla/v1/local-identity".getBytes(StandardCharsets.US_ASCII);
    byte[] print = Hkdf.expand(keys.keys().getFirst().bytes(), info, IDENTITY_BYTES);
    return KekIdentity.ofText(KekType.LOCAL, "local:" + HexFormat.of().formatHex(print));
  }

  @AccessesPartialKey
  private static Aead aead(KeyMaterial key) throws GeneralSecurityException {
    AesGcmParameters parameters =
        AesGcmParameters.builder()
            .setKeySizeBytes(LocalKeyFile.KEY_BYTES)
            .setIvSizeBytes(12)
            .setTagSizeBytes(16)
            .setVariant(AesGcmParameters.Variant.NO_PREFIX)
            .build();
    return AesGcmJce.create(
        AesGcmKey.builder()
            .setParameters(parameters)
            .setKeyBytes(SecretBytes.copyFrom(key.bytes(), InsecureSecretKeyAccess.get()))
            .build());
  }

  @Override
  public void close() {
    closed = true;
  }
}
