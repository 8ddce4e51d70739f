// SPDX-License-Identifier: Apache-2.0
/** The configuration file: strict, complete, and explained where it is wrong. */
@NullMarked
package dev.bulla.config;

import org.jspecify.annotations.NullMarked;
