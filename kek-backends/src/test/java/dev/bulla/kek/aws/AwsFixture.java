// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.aws.fake.FakeAwsKms;
import dev.bulla.settings.Problems;
import dev.bulla.settings.SettingsDocument;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** KEKs from settings as an operator writes them, with credentials from a profile's file. */
final class AwsFixture {
  private AwsFixture() {}

  /** Reads an {@code aws} block; throws what is wrong with it. */
  static AwsSettings settings(String yaml) {
    Problems problems = new Problems();
    Optional<AwsSettings> settings =
        SettingsDocument.parse(yaml.getBytes(StandardCharsets.UTF_8), problems)
            .flatMap(AwsSettingsReader::read);
    return settings.orElseThrow(() -> new IllegalArgumentException(problems.inOrder().toString()));
  }

  /** Returns an {@code aws} block for {@code arn} at {@code endpoint}. */
  static String yaml(String arn, URI endpoint, Path credentials) {
    return """
    keyArn: %s
    endpoint: %s
    allowPlainHttp: true
    credentials: { profile: { name: bulla, file: %s } }
    """
        .formatted(arn, endpoint, credentials);
  }

  static AwsKek open(FakeAwsKms fake, String arn, String scope, Path folder) throws Exception {
    return AwsKek.open(settings(yaml(arn, fake.endpoint(), credentials(folder))), scope);
  }

  /** Writes the file of the fake's own access key. */
  static Path credentials(Path folder) throws IOException {
    Path file = folder.resolve("credentials");
    write(file, FakeAwsKms.ACCESS_KEY, FakeAwsKms.SECRET);
    return file;
  }

  static void write(Path file, String accessKey, String secret) throws IOException {
    Files.writeString(
        file,
        """
        [bulla]
        aws_access_key_id = %s
        aws_secret_access_key = %s
        """
            .formatted(accessKey, secret));
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5), Ticker.system());
  }
}
