// SPDX-License-Identifier: Apache-2.0
/**
 * A strict reader of YAML settings: every problem of a file at once, each with its line, its column
 * and what is allowed. It knows nothing of what the settings mean.
 */
@NullMarked
package dev.bulla.settings;

import org.jspecify.annotations.NullMarked;
