// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.DatedVersion;
import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.services.kms.model.IncludeKeyMaterial;
import software.amazon.awssdk.services.kms.model.KeyMaterialState;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.ListKeyRotationsResponse;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;

/**
 * Which materials a key has, and since when each wraps. Asked once for each current material, so
 * that an idle node makes no calls for it. Thread-safe.
 */
final class Rotations {
  /** AWS allows 25 rotations on demand, and one a year by itself. */
  private static final int MOST_PAGES = 10;

  private static final int PAGE = 100;

  private final AwsConnection connection;
  private volatile @Nullable Known known;

  Rotations(AwsConnection connection) {
    this.connection = connection;
  }

  /** What was answered while {@code material} was the current one. */
  private record Known(String material, List<DatedVersion> versions) {}

  /**
   * Returns the versions of a key, newest first: the current material, and those before it. The
   * current one alone, without a time, if the service names none, or this role may not ask:
   * kms:ListKeyRotations is optional.
   */
  List<DatedVersion> versions(KeyMetadata key, Deadline deadline) throws KekException {
    String material = key.currentKeyMaterialId();
    if (material == null) {
      return List.of(undated(null));
    }
    Known before = known;
    if (before != null && before.material().equals(material)) {
      return before.versions();
    }
    Known now = new Known(material, ask(key, material, deadline));
    known = now;
    return now.versions();
  }

  /** Returns the version of a material of which nothing else is known. */
  static DatedVersion undated(@Nullable String material) {
    return new DatedVersion(KeyVersions.of(material), Optional.empty());
  }

  private List<DatedVersion> ask(KeyMetadata key, String material, Deadline deadline)
      throws KekException {
    try {
      List<RotationsListEntry> entries =
          connection.call(Operation.LIST_ROTATIONS, (place, who) -> entries(place, who), deadline);
      return newestFirst(key, material, entries);
    } catch (KekException.Denied | KekException.Untrustworthy _) {
      return List.of(undated(material));
    }
  }

  private static List<DatedVersion> newestFirst(
      KeyMetadata key, String current, List<RotationsListEntry> entries) {
    DatedVersion first =
        entries.stream()
            .filter(entry -> current.equals(entry.keyMaterialId()))
            .map(entry -> dated(key, entry))
            .findFirst()
            .orElse(undated(current));
    Instant until = first.createdAt().orElse(Instant.MAX);
    // Of two that came in the same second, the key's first material is the older one.
    Stream<DatedVersion> earlier =
        entries.stream()
            .filter(entry -> isUsed(entry) && !since(key, entry).isAfter(until))
            .sorted(
                Comparator.comparing((RotationsListEntry entry) -> since(key, entry))
                    .thenComparing(entry -> entry.rotationDate() != null)
                    .reversed())
            .map(entry -> dated(key, entry));
    return Stream.concat(Stream.of(first), earlier).distinct().toList();
  }

  // Imported material may wait for its rotation: it has wrapped nothing yet, and has no date.
  private static boolean isUsed(RotationsListEntry entry) {
    KeyMaterialState state = entry.keyMaterialState();
    return entry.keyMaterialId() != null
        && (state == null
            || state == KeyMaterialState.CURRENT
            || state == KeyMaterialState.NON_CURRENT);
  }

  private static DatedVersion dated(KeyMetadata key, RotationsListEntry entry) {
    return new DatedVersion(KeyVersions.of(entry.keyMaterialId()), date(key, entry));
  }

  private static Instant since(KeyMetadata key, RotationsListEntry entry) {
    return date(key, entry).orElse(Instant.MIN);
  }

  // The first material of a key was not rotated to.
  private static Optional<Instant> date(KeyMetadata key, RotationsListEntry entry) {
    return Optional.ofNullable(entry.rotationDate())
        .or(() -> Optional.ofNullable(key.creationDate()));
  }

  private static List<RotationsListEntry> entries(KmsPlace place, AwsCredentials who) {
    List<RotationsListEntry> entries = new ArrayList<>();
    String marker = null;
    for (int page = 0; page < MOST_PAGES; page++) {
      ListKeyRotationsResponse answer = page(place, who, marker);
      entries.addAll(answer.rotations());
      if (!Boolean.TRUE.equals(answer.truncated())) {
        break;
      }
      marker = answer.nextMarker();
    }
    return entries;
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
