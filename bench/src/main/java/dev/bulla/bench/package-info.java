// SPDX-License-Identifier: Apache-2.0
/** Measures Bulla. Each class's comment holds the command that runs it. */
@NullMarked
package dev.bulla.bench;

import org.jspecify.annotations.NullMarked;
