// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault.fake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;

/** An answer of the fake, before a fault of the wire meets it. */
record TransitReply(int status, JsonObject body) {

  static TransitReply of(TransitError e) {
    JsonArray texts = new JsonArray();
    for (String text : e.errors) {
      texts.add(text);
    }
    JsonObject errors = new JsonObject();
    errors.add("errors", texts);
    return new TransitReply(e.status, errors);
  }

  byte[] bytes() {
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Returns {@code data} as {@code fault} makes it. */
  static JsonObject altered(JsonObject data, TransitFault fault) {
    if (fault instanceof TransitFault.OtherKey && data.has("name")) {
      data.addProperty("name", "other");
    }
    if (fault instanceof TransitFault.WrongPlaintext && data.has("plaintext")) {
      data.addProperty("plaintext", "A".repeat(43) + "=");
    }
    if (fault instanceof TransitFault.Field(String name, String json) && data.has(name)) {
      data.add(name, JsonParser.parseString(json));
    }
    return data;
  }
}
