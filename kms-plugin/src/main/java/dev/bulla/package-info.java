// SPDX-License-Identifier: Apache-2.0
/**
 * The program: {@link dev.bulla.Main} reads the command line, {@link dev.bulla.Bulla} builds it
 * all.
 */
@NullMarked
package dev.bulla;

import org.jspecify.annotations.NullMarked;
