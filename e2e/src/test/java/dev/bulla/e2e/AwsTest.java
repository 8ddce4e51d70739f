// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.aws.MotoServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real kube-apiserver, the packaged plugin, and moto as AWS KMS. */
final class AwsTest {
  private MotoServer moto;
  private Site site;

  @BeforeEach
  void start() throws Exception {
    moto = MotoServer.start();
    site = Site.open();
  }

  @AfterEach
  void stop() throws Exception {
    site.close();
    moto.close();
  }

  private String kek(String arn) throws Exception {
    Path credentials =
        Files.writeString(
            site.folder().resolve("credentials"),
            "[bulla]\naws_access_key_id = AKIATEST\naws_secret_access_key = none\n");
    return "aws: { keyArn: \"%s\", endpoint: \"%s\", allowPlainHttp: true, credentials: { profile: { name: bulla, file: %s } } }"
        .formatted(arn, moto.endpoint(), credentials);
  }

  @Test
  void secrets_surviveARotationAndRestartsOfBothAndAnOutage() throws Exception {
    String arn = moto.createKey();
    site.serve(kek(arn));
    site.assertSurvives(() -> rotate(arn), moto::close);
  }

  private void rotate(String arn) throws Exception {
    String id = arn.substring(arn.indexOf('/') + 1);
    assertThat(moto.call("RotateKeyOnDemand", "{\"KeyId\": \"" + id + "\"}")).contains(id);
  }
}
