// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws.fake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** The operations of KMS over a set of keys. Thread-safe. */
final class KmsOperations {
  private static final Map<String, List<String>> MEMBERS =
      Map.of(
          "Encrypt", List.of("KeyId", "Plaintext", "EncryptionContext"),
          "Decrypt", List.of("KeyId", "CiphertextBlob", "EncryptionContext"),
          "DescribeKey", List.of("KeyId"),
          "ListKeyRotations", List.of("KeyId", "IncludeKeyMaterial", "Limit", "Marker"));

  final Map<String, FakeKey> keys = new ConcurrentHashMap<>();
  final Map<String, String> states = new ConcurrentHashMap<>();
  final Map<String, Integer> behind = new ConcurrentHashMap<>();
  volatile boolean materialIds = true;
  volatile boolean importedWaits;
  volatile String spec = "SYMMETRIC_DEFAULT";

  /** A request that was parsed. */
  record Request(String action, Map<String, JsonNode> members) {
    String keyId() throws AwsError {
      return Json.text(members, "KeyId");
    }

    String keyIdOrEmpty() {
      JsonNode node = members.get("KeyId");
      return node == null ? "" : node.asString();
    }

    Map<String, String> context() {
      return Json.strings(members, "EncryptionContext");
    }
  }

  static Request parse(@Nullable String target, String body) throws AwsError {
    String action = target == null ? "" : target.replace("TrentService.", "");
    List<String> allowed = MEMBERS.get(action);
    if (allowed == null) {
      throw new AwsError("UnknownOperationException", "");
    }
    return new Request(action, Json.members(body, allowed));
  }

  Map<String, Object> answer(Request request, String region) throws AwsError {
    String arn = request.keyId();
    FakeKey key = keys.get(arn);
    if (key == null || !arn.split(":", -1)[3].equals(region)) {
      throw new AwsError("NotFoundException", "Key '" + arn + "' does not exist");
    }
    return switch (request.action()) {
      case "Encrypt" -> encrypt(arn, key, request);
      case "Decrypt" -> decrypt(arn, key, request);
      case "DescribeKey" -> describe(arn, key);
      default -> rotations(key, request);
    };
  }

  private void requireUsable(String arn) throws AwsError {
    switch (states.getOrDefault(arn, "Enabled")) {
      case "Enabled", "Updating" -> {}
      case "Disabled" -> throw new AwsError("DisabledException", arn + " is disabled.");
      default ->
          throw new AwsError("KMSInvalidStateException", arn + " is " + states.get(arn) + ".");
    }
  }

  private static byte[] bytes(Request request, String name, int most) throws AwsError {
    byte[] bytes = Base64.getDecoder().decode(Json.text(request.members(), name));
    if (bytes.length < 1 || bytes.length > most) {
      throw new AwsError("ValidationException", name + " must have 1 to " + most + " bytes");
    }
    return bytes;
  }

  private Map<String, Object> encrypt(String arn, FakeKey key, Request request) throws AwsError {
    byte[] plaintext = bytes(request, "Plaintext", 4096);
    requireUsable(arn);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("CiphertextBlob", base64(key.encrypt(plaintext, request.context())));
    answer.put("KeyId", arn);
    answer.put("EncryptionAlgorithm", "SYMMETRIC_DEFAULT");
    return answer;
  }

  private Map<String, Object> decrypt(String arn, FakeKey key, Request request) throws AwsError {
    byte[] blob = bytes(request, "CiphertextBlob", 6144);
    requireUsable(arn);
    if (!key.made(blob) && keys.values().stream().anyMatch(other -> other.made(blob))) {
      throw new AwsError("IncorrectKeyException", "The key ID in the request does not identify it");
    }
    FakeKey.Opened opened = key.decrypt(blob, request.context());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("Plaintext", base64(opened.plaintext().toByteArray()));
    answer.put("KeyId", arn);
    answer.put("EncryptionAlgorithm", "SYMMETRIC_DEFAULT");
    if (materialIds) {
      answer.put("KeyMaterialId", opened.material());
    }
    return answer;
  }

  private Map<String, Object> describe(String arn, FakeKey key) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("Arn", arn);
    metadata.put("KeyId", arn.substring(arn.indexOf('/') + 1));
    metadata.put("CreationDate", seconds(key.created()));
    metadata.put("Enabled", states.getOrDefault(arn, "Enabled").equals("Enabled"));
    metadata.put("KeyState", states.getOrDefault(arn, "Enabled"));
    metadata.put("KeyUsage", "ENCRYPT_DECRYPT");
    metadata.put("KeySpec", spec);
    metadata.put("MultiRegion", arn.contains("/mrk-"));
    if (materialIds) {
      metadata.put("CurrentKeyMaterialId", known(key, "DescribeKey").getLast().id());
    }
    return Map.of("KeyMetadata", metadata);
  }

  private List<FakeKey.Material> known(FakeKey key, String action) {
    List<FakeKey.Material> all = key.materials();
    return all.subList(0, all.size() - behind.getOrDefault(action, 0));
  }

  // Pages of two, so that a key that was rotated twice needs a second page.
  private Map<String, Object> rotations(FakeKey key, Request request) throws AwsError {
    List<FakeKey.Material> all = known(key, "ListKeyRotations");
    JsonNode marker = request.members().get("Marker");
    int from = marker == null ? 0 : Integer.parseInt(marker.asString());
    List<Object> page = new ArrayList<>();
    for (int i = from; i < Math.min(from + 2, all.size()); i++) {
      Map<String, Object> entry = new LinkedHashMap<>();
      if (materialIds) {
        entry.put("KeyMaterialId", all.get(i).id());
        entry.put("KeyMaterialState", i == all.size() - 1 ? "CURRENT" : "NON_CURRENT");
      }
      if (i > 0) {
        entry.put("RotationDate", seconds(all.get(i).at()));
        entry.put("RotationType", "ON_DEMAND");
      }
      page.add(entry);
    }
    boolean truncated = from + 2 < all.size();
    if (importedWaits && !truncated) {
      page.add(Map.of("KeyMaterialId", "waits", "KeyMaterialState", "PENDING_ROTATION"));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("Rotations", page);
    answer.put("Truncated", truncated);
    if (truncated) {
      answer.put("NextMarker", String.valueOf(from + 2));
    }
    return answer;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static Object seconds(Instant at) {
    return at.getEpochSecond() + ".0";
  }
}
