// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.aws.CredentialSettings.Role;
import dev.bulla.kek.aws.CredentialSettings.Source;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProcessCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSupplier;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;

/** Makes the SDK's providers as configured, with every STS leg over Bulla's own client. */
final class CredentialSource implements Supplier<AwsCredentialsProvider> {
  private final CredentialSettings settings;
  private final Supplier<StsClient> sts;

  /** Calls {@code sts} when it is first needed: most sources never are. */
  CredentialSource(CredentialSettings settings, Supplier<StsClient> sts) {
    this.settings = settings;
    this.sts = sts;
  }

  /** Makes a provider that has cached nothing yet. */
  @Override
  public AwsCredentialsProvider get() {
    AwsCredentialsProvider first = provider(settings.source());
    return settings.role().map(role -> assuming(role, first)).orElse(first);
  }

  private AwsCredentialsProvider assuming(Role role, AwsCredentialsProvider first) {
    return StsAssumeRoleCredentialsProvider.builder()
        .stsClient(sts.get())
        .refreshRequest(
            request ->
                request
                    .roleArn(role.arn())
                    .externalId(role.externalId().orElse(null))
                    .roleSessionName(role.sessionName())
                    .overrideConfiguration(signer -> signer.credentialsProvider(first)))
        .build();
  }

  private AwsCredentialsProvider provider(Source source) {
    return switch (source) {
      case Source.Chain _ -> chain();
      case Source.Environment _ -> EnvironmentVariableCredentialsProvider.create();
      case Source.Instance _ -> InstanceProfileCredentialsProvider.create();
      case Source.Container _ -> ContainerCredentialsProvider.create();
      case Source.Profile profile -> profile(profile);
      case Source.WebIdentity identity ->
          webIdentity()
              .roleArn(identity.roleArn())
              .webIdentityTokenFile(identity.tokenFile())
              .roleSessionName(identity.sessionName())
              .build();
      case Source.Command process ->
          ProcessCredentialsProvider.builder().command(process.command()).build();
    };
  }

  // The SDK's own chain would call STS over a client that knows neither the proxy nor the CA; and
  // it reads system properties, which are arguments that every user of the host can see.
  private AwsCredentialsProvider chain() {
    return AwsCredentialsProviderChain.builder()
        .credentialsProviders(
            List.of(
                EnvironmentVariableCredentialsProvider.create(),
                webIdentity().build(),
                ProfileCredentialsProvider.create(),
                ContainerCredentialsProvider.create(),
                InstanceProfileCredentialsProvider.create()))
        .reuseLastProviderEnabled(true)
        .build();
  }

  private StsWebIdentityTokenFileCredentialsProvider.Builder webIdentity() {
    return StsWebIdentityTokenFileCredentialsProvider.builder().stsClient(sts.get());
  }

  private static AwsCredentialsProvider profile(Source.Profile profile) {
    ProfileCredentialsProvider.Builder builder = ProfileCredentialsProvider.builder();
    profile.name().ifPresent(builder::profileName);
    profile
        .file()
        .ifPresent(
            file ->
                builder.profileFile(
                    ProfileFileSupplier.reloadWhenModified(file, ProfileFile.Type.CREDENTIALS)));
    return builder.build();
  }
}
