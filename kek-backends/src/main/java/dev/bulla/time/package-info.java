// SPDX-License-Identifier: Apache-2.0
/**
 * Time as a parameter: elapsed time and deadlines. Nothing else in Bulla reads a clock directly.
 */
@NullMarked
package dev.bulla.time;

import org.jspecify.annotations.NullMarked;
