// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws.fake;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** The JSON of the fake: members in, values out. */
final class Json {
  private Json() {}

  /** Returns the members of an object; {@code allowed} are all that a request may have. */
  static Map<String, JsonNode> members(String text, List<String> allowed) throws AwsError {
    Map<String, JsonNode> members = JsonNode.parser().parse(text).asObject();
    for (String name : members.keySet()) {
      if (!allowed.contains(name)) {
        throw new AwsError("SerializationException", "Unknown member " + name);
      }
    }
    return members;
  }

  static String text(Map<String, JsonNode> members, String name) throws AwsError {
    JsonNode node = members.get(name);
    if (node == null || !node.isString()) {
      throw new AwsError("ValidationException", name + " must be a string");
    }
    return node.asString();
  }

  static Map<String, String> strings(Map<String, JsonNode> members, String name) {
    JsonNode node = members.get(name);
    Map<String, String> strings = new LinkedHashMap<>();
    if (node != null) {
      node.asObject().forEach((key, value) -> strings.put(key, value.asString()));
    }
    return strings;
  }

  static String write(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> write(String.valueOf(e.getKey())) + ":" + write(e.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      case List<?> list ->
          list.stream().map(Json::write).collect(Collectors.joining(",", "[", "]"));
      case String text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
      default -> String.valueOf(value);
    };
  }
}
