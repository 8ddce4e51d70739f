// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekType;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ARN of a KMS key, never of an alias, which can be pointed at another key.
 *
 * @param partition {@code aws}, {@code aws-cn}, {@code aws-us-gov}, …
 * @param region where this ARN's key is
 * @param account 12 digits
 * @param id a UUID, or {@code mrk-} and 32 hexadecimal digits
 */
record AwsKeyArn(String partition, String region, String account, String id) {
  static final String ALLOWED =
      "the ARN of a key, such as"
          + " arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

  static final Pattern REGION = Pattern.compile("[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}");

  private static final String MULTI_REGION = "mrk-";

  private static final Pattern SYNTAX =
      Pattern.compile(
          "arn:(aws[a-z-]{0,20}):kms:("
              + REGION.pattern()
              + "):([0-9]{12}):key/("
              + "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})");

  /** Returns the key that {@code text} names, or empty if it is not the ARN of a key. */
  static Optional<AwsKeyArn> parse(String text) {
    Matcher m = SYNTAX.matcher(text);
    return m.matches()
        ? Optional.of(new AwsKeyArn(m.group(1), m.group(2), m.group(4), m.group(5)))
        : Optional.empty();
  }

  /** Returns whether {@code text} is the name or the ARN of an alias. */
  static boolean isAlias(String text) {
    return text.startsWith("alias/") || text.matches("arn:aws[a-z-]*:kms:[^:]*:[^:]*:alias/.*");
  }

  boolean isMultiRegion() {
    return id.startsWith(MULTI_REGION);
  }

  AwsKeyArn in(String otherRegion) {
    return new AwsKeyArn(partition, otherRegion, account, id);
  }

  /** Returns the same for every Region of a multi-Region key: its ARN without the Region. */
  KekIdentity identity() {
    return KekIdentity.ofText(KekType.AWS_KMS, (isMultiRegion() ? in("") : this).toString());
  }

  @Override
  public String toString() {
    return "arn:" + partition + ":kms:" + region + ":" + account + ":key/" + id;
  }
}
