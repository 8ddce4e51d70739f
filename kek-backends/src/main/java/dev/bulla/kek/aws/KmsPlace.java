// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DescribeKeyResponse;

/**
 * A place where the key is reached.
 *
 * @param key the ARN that the key has there
 */
record KmsPlace(AwsKeyArn key, KmsClient client) {
  String keyId() {
    return key.toString();
  }

  static AwsRequestOverrideConfiguration as(AwsCredentials who) {
    return AwsRequestOverrideConfiguration.builder()
        .credentialsProvider(StaticCredentialsProvider.create(who))
        .build();
  }

  DescribeKeyResponse describe(AwsCredentials who) {
    return client.describeKey(request -> request.keyId(keyId()).overrideConfiguration(as(who)));
  }
}
