// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

/** The operations that Bulla calls, with the permission that each needs. */
enum Operation {
  ENCRYPT("kms:Encrypt"),
  DECRYPT("kms:Decrypt"),
  DESCRIBE("kms:DescribeKey"),
  LIST_ROTATIONS("kms:ListKeyRotations"),
  ASSUME_ROLE("sts:AssumeRole");

  private final String action;

  Operation(String action) {
    this.action = action;
  }

  String action() {
    return action;
  }
}
