// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.thirdparty.jackson.core.JsonProcessingException;

/**
 * What it means that AWS gave no answer, or one that cannot be read. The SDK's exceptions hold host
 * names and text from outside, so none becomes a cause.
 */
final class ClientErrors {
  private static final int DEEPEST = 10;

  private ClientErrors() {}

  /** Returns what it means that no credentials could be fetched. */
  static KekException ofCredentials(SdkException e) {
    return find(
        e, new KekException.Unavailable("no AWS credentials were found where 'credentials' says"));
  }

  /** Returns what it means that a call had no answer. */
  static KekException of(SdkException e) {
    return find(e, new KekException.Unavailable("AWS did not answer"));
  }

  private static KekException find(SdkException e, KekException otherwise) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      KekException known = known(cause);
      if (known != null) {
        return known;
      }
      cause = cause.getCause();
    }
    return otherwise;
  }

  private static @Nullable KekException known(Throwable cause) {
    return switch (cause) {
      case AnswerTooLongException _ ->
          new KekException.Untrustworthy("the answer is longer than any of KMS");
      case JsonProcessingException _ -> new KekException.Untrustworthy("the answer cannot be read");
      case SSLException _ ->
          new KekException.Unavailable("TLS to AWS failed; behind a private CA, set caFile");
      case UnknownHostException _ ->
          new KekException.Unavailable("the endpoint's name is not known to DNS");
      case ConnectException _, NoRouteToHostException _ ->
          new KekException.Unavailable("the endpoint cannot be reached");
      default -> null;
    };
  }
}
