// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.remote.CallLimits;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The SDK's clients. They never retry: Bulla does, in one place. Their timers only end what Bulla
 * has given up already.
 */
final class AwsClients implements AutoCloseable {
  private static final Duration KMS_TIME = CallLimits.STANDARD.first();
  private static final Duration STS_TIME = Duration.ofSeconds(4);

  private final AwsSettings settings;
  private final Wire wire;
  private @Nullable StsClient sts;
  private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

  AwsClients(AwsSettings settings, SdkHttpClient http) {
    this.settings = settings;
    this.wire = new Wire(http, newTimers(), settings.network());
  }

  /** What every client of one connection shares. */
  record Wire(SdkHttpClient http, ScheduledExecutorService timers, AwsSettings.Network network) {}

  static ScheduledExecutorService newTimers() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("bulla-aws-timers").factory());
  }

  /** Makes a client for each place of the key; takes about half a second. */
  List<KmsPlace> places() {
    List<KmsPlace> places = new ArrayList<>();
    for (AwsSettings.Place place : settings.places()) {
      AwsKeyArn key =
          settings.key().isMultiRegion() ? settings.key().in(place.region()) : settings.key();
      KmsClient client = client(place);
      opened.add(client);
      places.add(new KmsPlace(key, client));
    }
    return places;
  }

  private KmsClient client(AwsSettings.Place place) {
    return configured(KmsClient.builder(), place.region(), KMS_TIME, wire)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .applyMutation(builder -> place.endpoint().ifPresent(builder::endpointOverride))
        .build();
  }

  /** Returns the client of STS, which signs nothing unless a request says as whom. */
  synchronized StsClient sts() {
    StsClient made = sts;
    if (made == null) {
      made = newSts();
      sts = made;
      opened.add(made);
    }
    return made;
  }

  private StsClient newSts() {
    return sts(settings.places().getFirst().region(), settings.credentials().stsEndpoint(), wire);
  }

  /** Makes a client of STS, which signs nothing unless a request says as whom. */
  static StsClient sts(String region, Optional<URI> endpoint, Wire wire) {
    return configured(StsClient.builder(), region, STS_TIME, wire)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .applyMutation(builder -> endpoint.ifPresent(builder::endpointOverride))
        .build();
  }

  private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B configured(
      B builder, String region, Duration time, Wire wire) {
    return builder
        .region(Region.of(region))
        .httpClient(wire.http())
        .fipsEnabled(wire.network().fips())
        .dualstackEnabled(wire.network().dualStack())
        .overrideConfiguration(
            ClientOverrideConfiguration.builder()
                .retryStrategy(DefaultRetryStrategy.doNotRetry())
                .apiCallTimeout(time)
                .scheduledExecutorService(wire.timers())
                .build());
  }

  @Override
  public void close() {
    for (AutoCloseable client : opened) {
      close(client);
    }
    wire.http().close();
    wire.timers().shutdownNow();
  }

  private static void close(AutoCloseable client) {
    try {
      client.close();
    } catch (Exception e) {
      throw new IllegalStateException("clients of the AWS SDK close without an error", e);
    }
  }
}
