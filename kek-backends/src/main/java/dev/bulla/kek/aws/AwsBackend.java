// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.backend.Backend;
import dev.bulla.settings.SettingsBlock;
import java.util.Optional;

/** {@code aws: { keyArn: … }}: a symmetric key in AWS KMS. */
public final class AwsBackend implements Backend {
  @Override
  public String name() {
    return "aws";
  }

  @Override
  public Optional<Opener> read(SettingsBlock block) {
    return AwsSettingsReader.read(block).map(settings -> scope -> AwsKek.open(settings, scope));
  }
}
