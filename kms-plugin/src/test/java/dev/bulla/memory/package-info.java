// SPDX-License-Identifier: Apache-2.0
/** Tests of what stays in memory. */
@NullMarked
package dev.bulla.memory;

import org.jspecify.annotations.NullMarked;
