// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekException;
import dev.bulla.kek.KekException.Revoked.Reason;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * The one table from an error code of AWS to a {@link KekException}. The codes are those of the KMS
 * service model, the common errors of the AWS APIs, and those of STS. Texts name the code, which is
 * of this table, and never what the service wrote.
 */
final class AwsErrors {
  private static final Set<String> THROTTLED =
      Set.of(
          "Throttling",
          "ThrottlingException",
          "ThrottledException",
          "RequestThrottled",
          "RequestThrottledException",
          "TooManyRequestsException",
          "RequestLimitExceeded",
          "BandwidthLimitExceeded",
          "LimitExceededException",
          "PriorRequestNotComplete",
          "SlowDown");

  private static final Set<String> LATER =
      Set.of(
          "DependencyTimeoutException",
          "KMSInternalException",
          "KeyUnavailableException",
          "InternalError",
          "InternalFailure",
          "InternalServerError",
          "InternalServiceError",
          "InternalServiceException",
          "ServiceUnavailable",
          "ServiceUnavailableException",
          "RequestTimeout",
          "RequestTimeoutException",
          "IDPCommunicationError");

  /** The credential itself is refused: another one may serve. */
  private static final Set<String> CREDENTIAL =
      Set.of(
          "ExpiredToken",
          "ExpiredTokenException",
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "InvalidAccessKeyId",
          "InvalidToken",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "AuthFailure",
          "SignatureDoesNotMatch",
          "InvalidSignatureException",
          "IncompleteSignature",
          "IncompleteSignatureException",
          "InvalidIdentityToken",
          "IDPRejectedClaim",
          "OptInRequired",
          "RegionDisabledException");

  private static final Set<String> CLOCK =
      Set.of("RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture");

  private static final Set<String> PERMISSION =
      Set.of(
          "AccessDenied", "AccessDeniedException", "NotAuthorized", "InvalidGrantTokenException");

  private static final Set<String> BAD_BLOB =
      Set.of("InvalidCiphertextException", "IncorrectKeyException");

  /**
   * The request does not suit: of a Decrypt only the blob varies, of others the key is at fault.
   */
  private static final Set<String> INVALID =
      Set.of(
          "ValidationException",
          "ValidationError",
          "SerializationException",
          "InvalidParameterValue",
          "InvalidParameterCombination",
          "MissingParameter",
          "MalformedQueryString",
          "InvalidRequest");

  private static final Set<String> NOT_OURS =
      Set.of(
          "InvalidKeyUsageException",
          "InvalidArnException",
          "InvalidMarkerException",
          "UnsupportedOperationException",
          "DryRunOperationException",
          "ConflictException",
          "UnknownOperationException",
          "InvalidAction",
          "MissingAction");

  private static final Map<String, Reason> REVOKED =
      Map.of("DisabledException", Reason.DISABLED, "NotFoundException", Reason.GONE);

  private AwsErrors() {}

  /** Returns whether a newly resolved credential may do better. */
  static boolean refusesCredential(AwsServiceException e) {
    return CREDENTIAL.contains(code(e));
  }

  /** Returns whether only the key's state can tell what it means. */
  static boolean isStateError(AwsServiceException e) {
    return code(e).equals("KMSInvalidStateException");
  }

  /** Returns what an answer means to {@code operation}. */
  static KekException of(Operation operation, AwsServiceException e) {
    String code = code(e);
    Reason reason = REVOKED.get(code);
    if (reason != null) {
      return new KekException.Revoked(reason);
    }
    return known(operation, code, e.statusCode());
  }

  private static KekException known(Operation operation, String code, int status) {
    if (THROTTLED.contains(code)) {
      return new KekException.Throttled("AWS asks for fewer calls: " + code);
    }
    if (LATER.contains(code)) {
      return new KekException.Unavailable("AWS says to try later: " + code);
    }
    if (CREDENTIAL.contains(code)) {
      return new KekException.Denied("AWS refuses the credentials: " + code);
    }
    if (CLOCK.contains(code)) {
      return new KekException.Denied("AWS refuses the time of the request; set this host's clock");
    }
    if (PERMISSION.contains(code)) {
      return new KekException.Denied(
          operation.action()
              + " is not permitted: allow it for this role in its policy and in the key's");
    }
    return wrongRequest(operation, code, status);
  }

  private static KekException wrongRequest(Operation operation, String code, int status) {
    boolean ofBlob = operation == Operation.DECRYPT && INVALID.contains(code);
    if (BAD_BLOB.contains(code) || ofBlob) {
      return new KekException.Rejected("the key does not decrypt this: " + code);
    }
    if (NOT_OURS.contains(code) || INVALID.contains(code)) {
      return new KekException.Untrustworthy(
          operation.action() + " answered " + code + "; is it a symmetric encryption key?");
    }
    return unknown(operation, status);
  }

  // Not in the table: taken for an outage, because a failure that passes must erase nothing.
  private static KekException unknown(Operation operation, int status) {
    return status == 429
        ? new KekException.Throttled("HTTP 429 without an AWS error code")
        : new KekException.Unavailable(
            operation.action()
                + " answered HTTP "
                + status
                + " with an error that Bulla does not know; is a proxy in between?");
  }

  private static String code(AwsServiceException e) {
    String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
    return code == null ? "" : code;
  }
}
