// SPDX-License-Identifier: Apache-2.0
/**
 * The transit backend against a real OpenBao, and against a strict fake for what that cannot do.
 */
@NullMarked
package dev.bulla.kek.vault;

import org.jspecify.annotations.NullMarked;
