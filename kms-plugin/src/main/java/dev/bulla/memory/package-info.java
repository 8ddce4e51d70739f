// SPDX-License-Identifier: Apache-2.0
/** What the garbage collector leaves behind, and how it is overwritten. Knows no other package. */
@NullMarked
package dev.bulla.memory;

import org.jspecify.annotations.NullMarked;
