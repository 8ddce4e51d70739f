// SPDX-License-Identifier: Apache-2.0
/** Tests of the configuration. */
@NullMarked
package dev.bulla.config;

import org.jspecify.annotations.NullMarked;
