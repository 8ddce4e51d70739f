// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.aws.AwsSettings.Network;
import dev.bulla.kek.remote.RuntimeTrust;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.sts.StsClient;

/** STS for the time of one login: without a key, a proxy or a CA of its own. Thread-safe. */
final class StsLeg implements AutoCloseable {
  private static final Network PUBLIC =
      new Network(false, false, Optional.empty(), Optional.empty());

  private final CallerIdentitySettings settings;
  private @Nullable Open open;

  StsLeg(CallerIdentitySettings settings) {
    this.settings = settings;
  }

  private record Open(SdkHttpClient http, ScheduledExecutorService timers, StsClient client) {}

  /** Returns the client, made when it is first needed. */
  synchronized StsClient client() {
    Open made = open == null ? open() : open;
    open = made;
    return made.client();
  }

  private Open open() {
    SdkHttpClient http = AwsHttp.client(PUBLIC, RuntimeTrust.managers());
    ScheduledExecutorService timers = AwsClients.newTimers();
    return new Open(
        http,
        timers,
        AwsClients.sts(
            settings.signingRegion(),
            settings.credentials().stsEndpoint(),
            new AwsClients.Wire(http, timers, PUBLIC)));
  }

  @Override
  public synchronized void close() {
    if (open != null) {
      open.client().close();
      open.http().close();
      open.timers().shutdownNow();
    }
  }
}
