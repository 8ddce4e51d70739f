// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.proof;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A request that is signed here and sent by somebody else. For some minutes whoever has it can send
 * it, so it is as secret as a token.
 *
 * @param headers each with its values; with the signature, and without the credentials' secret
 */
public record SignedRequest(
    String method, URI url, Map<String, List<String>> headers, String body) {
  /** Copies the headers, in the order of their names. */
  public SignedRequest {
    headers =
        headers.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, e -> List.copyOf(e.getValue()), (a, _) -> a, TreeMap::new));
    if (method.isEmpty() || headers.isEmpty()) {
      throw new IllegalArgumentException("a signed request has a method and headers");
    }
  }

  @Override
  public String toString() {
    return "SignedRequest(" + method + ")";
  }
}
