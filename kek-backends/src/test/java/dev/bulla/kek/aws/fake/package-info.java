// SPDX-License-Identifier: Apache-2.0
/**
 * AWS KMS and STS as their documentation has them, in this process: signatures are verified,
 * permissions, states, regions, material and encryption contexts are kept, and every fault that a
 * network or a service can have is to be had.
 */
@NullMarked
package dev.bulla.kek.aws.fake;

import org.jspecify.annotations.NullMarked;
