// SPDX-License-Identifier: Apache-2.0
/** Tests of the program as a whole. */
@NullMarked
package dev.bulla;

import org.jspecify.annotations.NullMarked;
