// SPDX-License-Identifier: Apache-2.0
/**
 * The three calls of KMS v2: limits checked both ways, one table of errors, nothing that blocks.
 */
@NullMarked
package dev.bulla.service;

import org.jspecify.annotations.NullMarked;
