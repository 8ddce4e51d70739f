// SPDX-License-Identifier: Apache-2.0
/** A record of what callers asked and were answered, and what must hold of it. */
@NullMarked
package dev.bulla.history;

import org.jspecify.annotations.NullMarked;
