// SPDX-License-Identifier: Apache-2.0
/** Tests of the journal: real files, and second processes that are killed. */
@NullMarked
package dev.bulla.journal;

import org.jspecify.annotations.NullMarked;
