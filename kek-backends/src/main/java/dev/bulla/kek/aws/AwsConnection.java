// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekException;
import dev.bulla.kek.KekException.Revoked.Reason;
import dev.bulla.kek.remote.RemoteCalls;
import dev.bulla.time.Deadline;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.model.KeyState;

/** Calls KMS: credentials, errors, and what the key's state makes of an error. Thread-safe. */
final class AwsConnection implements AutoCloseable {
  private final AwsClients clients;
  private final Credentials credentials;
  private final RemoteCalls<KmsPlace> calls;

  AwsConnection(AwsClients clients, Credentials credentials, RemoteCalls<KmsPlace> calls) {
    this.clients = clients;
    this.credentials = credentials;
    this.calls = calls;
  }

  /** One request to one place, signed by {@code who}. */
  @FunctionalInterface
  interface Request<T> {
    T to(KmsPlace place, AwsCredentials who) throws KekException;
  }

  /** Makes a request where and as often as that may help. */
  <T> T call(Operation operation, Request<T> request, Deadline deadline) throws KekException {
    return calls.run((place, until) -> attempt(operation, request, place, until), deadline);
  }

  // A credential that AWS refuses is replaced once, at once: it may have been revoked or renewed.
  private <T> T attempt(Operation operation, Request<T> request, KmsPlace place, Deadline until)
      throws KekException {
    AwsCredentials who = credentials.current(until);
    try {
      return request.to(place, who);
    } catch (AwsServiceException e) {
      if (!AwsErrors.refusesCredential(e) || !credentials.replace(who)) {
        throw meaning(operation, place, who, e);
      }
    } catch (SdkException e) {
      throw ClientErrors.of(e);
    }
    return again(operation, request, place, credentials.current(until));
  }

  private <T> T again(Operation operation, Request<T> request, KmsPlace place, AwsCredentials who)
      throws KekException {
    try {
      return request.to(place, who);
    } catch (AwsServiceException e) {
      throw meaning(operation, place, who, e);
    } catch (SdkException e) {
      throw ClientErrors.of(e);
    }
  }

  private static KekException meaning(
      Operation operation, KmsPlace place, AwsCredentials who, AwsServiceException e) {
    KekException meaning =
        AwsErrors.isStateError(e) ? ofState(place, who) : AwsErrors.of(operation, e);
    return meaning.ofRequest(e.requestId());
  }

  // The error covers a key that is being deleted as well as a key store that is away for a minute.
  private static KekException ofState(KmsPlace place, AwsCredentials who) {
    try {
      return ofState(place.describe(who).keyMetadata().keyState());
    } catch (AwsServiceException e) {
      return AwsErrors.of(Operation.DESCRIBE, e);
    } catch (SdkException e) {
      return ClientErrors.of(e);
    }
  }

  private static KekException ofState(KeyState state) {
    return switch (state) {
      case DISABLED -> new KekException.Revoked(Reason.DISABLED);
      case PENDING_DELETION, PENDING_REPLICA_DELETION ->
          new KekException.Revoked(Reason.PENDING_DELETION);
      case PENDING_IMPORT -> new KekException.Revoked(Reason.WITHOUT_MATERIAL);
      case UNAVAILABLE ->
          new KekException.Unavailable("the key's custom key store is not connected");
      case CREATING, UPDATING, ENABLED, UNKNOWN_TO_SDK_VERSION ->
          new KekException.Unavailable("the key is changing its state");
    };
  }

  /** Returns when the credentials in use expire; empty if they do not. */
  Optional<Instant> credentialsExpireAt() {
    return credentials.expiry();
  }

  @Override
  public void close() {
    calls.close();
    credentials.close();
    clients.close();
  }
}
