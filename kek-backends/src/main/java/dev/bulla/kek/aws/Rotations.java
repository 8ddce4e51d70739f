// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.services.kms.model.IncludeKeyMaterial;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.ListKeyRotationsResponse;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;

/**
 * When a key's material came into use. Asked once for each material, so that an idle node makes no
 * calls for it. Thread-safe.
 */
final class Rotations {
  /** AWS allows 25 rotations on demand, and one a year by itself. */
  private static final int MOST_PAGES = 10;

  private static final int PAGE = 100;

  private final AwsConnection connection;
  private final Map<String, Optional<Instant>> known = new ConcurrentHashMap<>();

  Rotations(AwsConnection connection) {
    this.connection = connection;
  }

  /**
   * Returns when the current material came into use, or empty if the service does not say, or this
   * role may not ask: kms:ListKeyRotations is optional.
   */
  Optional<Instant> createdAt(KeyMetadata key, Deadline deadline) throws KekException {
    String material = key.currentKeyMaterialId();
    if (material == null) {
      return Optional.empty();
    }
    Optional<Instant> cached = known.get(material);
    if (cached != null) {
      return cached;
    }
    Optional<Instant> found = ask(key, material, deadline);
    known.clear();
    known.put(material, found);
    return found;
  }

  private Optional<Instant> ask(KeyMetadata key, String material, Deadline deadline)
      throws KekException {
    try {
      return connection.call(
          Operation.LIST_ROTATIONS, (place, who) -> search(key, material, place, who), deadline);
    } catch (KekException.Denied | KekException.Untrustworthy _) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> search(
      KeyMetadata key, String material, KmsPlace place, AwsCredentials who) {
    String marker = null;
    for (int page = 0; page < MOST_PAGES; page++) {
      ListKeyRotationsResponse answer = page(place, who, marker);
      for (RotationsListEntry entry : answer.rotations()) {
        if (material.equals(entry.keyMaterialId())) {
          // The first material of a key was not rotated to.
          return Optional.ofNullable(entry.rotationDate()).or(() -> creation(key));
        }
      }
      if (!Boolean.TRUE.equals(answer.truncated())) {
        break;
      }
      marker = answer.nextMarker();
    }
    return Optional.empty();
  }

  private static Optional<Instant> creation(KeyMetadata key) {
    return Optional.ofNullable(key.creationDate());
  }

  private static ListKeyRotationsResponse page(
      KmsPlace place, AwsCredentials who, @Nullable String marker) {
    return place
        .client()
        .listKeyRotations(
            request ->
                request
                    .keyId(place.keyId())
                    .includeKeyMaterial(IncludeKeyMaterial.ALL_KEY_MATERIAL)
                    .limit(PAGE)
                    .marker(marker)
                    .overrideConfiguration(KmsPlace.as(who)));
  }
}
