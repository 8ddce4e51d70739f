// SPDX-License-Identifier: Apache-2.0
/**
 * A KEK in AWS KMS: {@code Encrypt} and {@code Decrypt} with a constant encryption context, always
 * naming the key, and checking which key the service says it used.
 */
@NullMarked
package dev.bulla.kek.aws;

import org.jspecify.annotations.NullMarked;
