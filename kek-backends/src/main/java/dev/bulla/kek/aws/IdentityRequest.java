// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekException;
import dev.bulla.kek.proof.SignedRequest;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

/** Signs GetCallerIdentity with the SDK's signer, as whoever the credentials say now. */
final class IdentityRequest {
  private static final String BODY = "Action=GetCallerIdentity&Version=2011-06-15";
  private static final String TYPE = "application/x-www-form-urlencoded; charset=utf-8";
  private static final URI GLOBAL = URI.create("https://sts.amazonaws.com/");

  private IdentityRequest() {}

  // Logins are rare, so nothing is kept between them: a file that changed is always seen, and no
  // credential outlives its use.
  static SignedRequest sign(
      CallerIdentitySettings settings, Map<String, String> headers, Deadline deadline)
      throws KekException {
    try (StsLeg sts = new StsLeg(settings);
        Credentials credentials =
            new Credentials(
                new CredentialSource(settings.credentials(), sts::client),
                InstantSource.system(),
                Ticker.system())) {
      return sign(settings, headers, credentials.current(deadline));
    } catch (SdkException e) {
      throw ClientErrors.ofCredentials(e);
    }
  }

  private static SignedRequest sign(
      CallerIdentitySettings settings, Map<String, String> headers, AwsCredentials who) {
    URI url = url(settings);
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(url)
            .putHeader("Content-Type", TYPE);
    headers.forEach(request::putHeader);
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                signing ->
                    signing
                        .identity(who)
                        .request(request.build())
                        .payload(ContentStreamProvider.fromString(BODY, StandardCharsets.UTF_8))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "sts")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, settings.signingRegion()))
            .request();
    return new SignedRequest("POST", url, signed.headers(), BODY);
  }

  private static URI url(CallerIdentitySettings settings) {
    Optional<URI> written = settings.stsEndpoint();
    if (written.isPresent()) {
      return written.get().resolve("/");
    }
    return settings
        .region()
        .map(Region::of)
        .map(StsClient.serviceMetadata()::endpointFor)
        .map(host -> URI.create("https://" + host + "/"))
        .orElse(GLOBAL);
  }
}
