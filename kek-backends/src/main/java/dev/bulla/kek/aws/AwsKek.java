// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.DatedVersion;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekException.Revoked.Reason;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekState;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.remote.HttpDate;
import dev.bulla.time.Deadline;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.DescribeKeyResponse;
import software.amazon.awssdk.services.kms.model.EncryptResponse;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;

/**
 * A KEK in AWS KMS. Thread-safe.
 *
 * <p>AWS wraps under its current material, whatever version is asked for, and finds the right one
 * by itself when it unwraps: a version that a record names is for the operator, and is not needed.
 *
 * <p>A master is wiped wherever Bulla holds it. The SDK makes copies that it cannot reach: the
 * request and the answer in Base64, in strings and buffers of JSON and of TLS. They stay in the
 * heap until they are overwritten.
 */
final class AwsKek implements Kek {
  private final AwsSettings settings;
  private final Map<String, String> context;
  private final LazyConnection connection;

  AwsKek(AwsSettings settings, String scope, LazyConnection connection) {
    this.settings = settings;
    this.context = Map.of("bulla:scope", scope, "bulla:use", "dek");
    this.connection = connection;
  }

  /**
   * Opens the key for one scope; connects at the first call.
   *
   * @throws KekException.Unavailable if the file of a private CA cannot be read
   */
  static AwsKek open(AwsSettings settings, String scope) throws KekException.Unavailable {
    return new AwsKek(settings, scope, LazyConnection.of(settings));
  }

  @Override
  public KekIdentity identity() {
    return settings.key().identity();
  }

  /**
   * Wraps under the current material. Encrypt does not tell which one that is, Decrypt does: so the
   * blob is unwrapped once for its name.
   */
  @Override
  public WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline)
      throws KekException {
    if (master.size() != MASTER_BYTES) {
      throw new IllegalArgumentException(
          "a master has " + MASTER_BYTES + " bytes: " + master.size());
    }
    Bytes blob =
        connected(deadline)
            .call(Operation.ENCRYPT, (place, who) -> encrypt(master, place, who), deadline);
    Unwrapped proof = decrypt(blob, deadline);
    try (KeyMaterial again = proof.master()) {
      if (!again.sameAs(master)) {
        throw new KekException.Untrustworthy("KMS decrypted something else than it encrypted");
      }
    }
    return new WrappedKey(settings.pinned() ? KeyVersions.NONE : proof.version(), blob);
  }

  private Bytes encrypt(KeyMaterial master, KmsPlace place, AwsCredentials who)
      throws KekException {
    EncryptResponse answer =
        place
            .client()
            .encrypt(
                request ->
                    request
                        .keyId(place.keyId())
                        .plaintext(SdkBytes.fromByteArrayUnsafe(master.bytes()))
                        .encryptionContext(context)
                        .overrideConfiguration(KmsPlace.as(who)));
    requireKey(place, answer.keyId());
    SdkBytes blob = answer.ciphertextBlob();
    if (blob == null) {
      throw new KekException.Untrustworthy("Encrypt gave no ciphertext");
    }
    byte[] bytes = blob.asByteArrayUnsafe();
    if (bytes.length < MASTER_BYTES || bytes.length > WrappedKey.MAX_BLOB_BYTES) {
      throw new KekException.Untrustworthy("Encrypt gave a ciphertext of an impossible size");
    }
    return Bytes.copyFrom(bytes);
  }

  @Override
  public KeyMaterial unwrap(WrappedKey wrapped, Deadline deadline) throws KekException {
    return decrypt(wrapped.blob(), deadline).master();
  }

  private Unwrapped decrypt(Bytes blob, Deadline deadline) throws KekException {
    return connected(deadline)
        .call(Operation.DECRYPT, (place, who) -> decrypt(blob, place, who), deadline);
  }

  private Unwrapped decrypt(Bytes blob, KmsPlace place, AwsCredentials who) throws KekException {
    DecryptResponse answer =
        place
            .client()
            .decrypt(
                request ->
                    request
                        .keyId(place.keyId())
                        .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(blob.toByteArray()))
                        .encryptionContext(context)
                        .overrideConfiguration(KmsPlace.as(who)));
    byte[] master =
        answer.plaintext() == null ? new byte[0] : answer.plaintext().asByteArrayUnsafe();
    if (master.length != MASTER_BYTES) {
      Arrays.fill(master, (byte) 0);
      throw new KekException.Untrustworthy("Decrypt gave a plaintext of another size");
    }
    KeyMaterial owned = KeyMaterial.adopt(master);
    try {
      requireKey(place, answer.keyId());
    } catch (KekException e) {
      owned.close();
      throw e;
    }
    return new Unwrapped(owned, KeyVersions.of(answer.keyMaterialId()));
  }

  private static void requireKey(KmsPlace place, @Nullable String keyId)
      throws KekException.Untrustworthy {
    if (!place.keyId().equals(keyId)) {
      throw new KekException.Untrustworthy("KMS says that it used another key than was named");
    }
  }

  @Override
  public KekDescription describe(Deadline deadline) throws KekException {
    AwsConnection open = connected(deadline);
    DescribeKeyResponse answer =
        open.call(Operation.DESCRIBE, (place, who) -> described(place, who), deadline);
    KeyMetadata key = answer.keyMetadata();
    KekState state = state(key);
    return new KekDescription(
        identity(),
        versions(key, state, deadline),
        state,
        HttpDate.of(answer.sdkHttpResponse().matchingHeaders("Date")));
  }

  private List<DatedVersion> versions(KeyMetadata key, KekState state, Deadline deadline)
      throws KekException {
    if (settings.pinned()) {
      return List.of(new DatedVersion(KeyVersions.NONE, Optional.empty()));
    }
    return state == KekState.ENABLED
        ? connection.rotations(deadline).versions(key, deadline)
        : List.of(Rotations.undated(key.currentKeyMaterialId()));
  }

  private static DescribeKeyResponse described(KmsPlace place, AwsCredentials who)
      throws KekException {
    DescribeKeyResponse answer = place.describe(who);
    KeyMetadata key = answer.keyMetadata();
    requireKey(place, key == null ? null : key.arn());
    boolean otherSpec = key.keySpec() != null && key.keySpec() != KeySpec.SYMMETRIC_DEFAULT;
    boolean otherUse = key.keyUsage() != null && key.keyUsage() != KeyUsageType.ENCRYPT_DECRYPT;
    if (otherSpec || otherUse) {
      throw new KekException.Untrustworthy(
          "the key is not a symmetric encryption key; create one with key spec SYMMETRIC_DEFAULT"
              + " and key usage ENCRYPT_DECRYPT");
    }
    return answer;
  }

  private static KekState state(KeyMetadata key) throws KekException {
    return switch (key.keyState()) {
      case ENABLED, UPDATING -> KekState.ENABLED;
      case DISABLED -> KekState.DISABLED;
      case PENDING_DELETION, PENDING_REPLICA_DELETION -> KekState.PENDING_DELETION;
      case PENDING_IMPORT -> throw new KekException.Revoked(Reason.WITHOUT_MATERIAL);
      case UNAVAILABLE ->
          throw new KekException.Unavailable("the key's custom key store is not connected");
      case CREATING, UNKNOWN_TO_SDK_VERSION ->
          throw new KekException.Unavailable("the key is not usable yet");
    };
  }

  @Override
  public Optional<Instant> credentialsExpireAt() {
    return connection.credentialsExpireAt();
  }

  private AwsConnection connected(Deadline deadline) throws KekException {
    return connection.get(deadline);
  }

  @Override
  public void close() {
    connection.close();
  }
}
