// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.proof.SignedRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** The request of a login by AWS identity: the signed request, for the service to send to STS. */
final class AwsLoginBody {
  private AwsLoginBody() {}

  static String of(String role, SignedRequest signed) {
    return "{\"role\":%s,\"iam_http_request_method\":%s,\"iam_request_url\":%s,"
            .formatted(
                VaultRequest.quoted(role),
                VaultRequest.quoted(signed.method()),
                base64(signed.url().toString()))
        + "\"iam_request_body\":%s,\"iam_request_headers\":%s}"
            .formatted(base64(signed.body()), base64(headers(signed)));
  }

  private static String headers(SignedRequest signed) {
    return signed.headers().entrySet().stream()
        .map(header -> VaultRequest.quoted(header.getKey()) + ":" + texts(header.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String texts(List<String> values) {
    return values.stream().map(VaultRequest::quoted).collect(Collectors.joining(",", "[", "]"));
  }

  private static String base64(String text) {
    return '"' + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + '"';
  }
}
