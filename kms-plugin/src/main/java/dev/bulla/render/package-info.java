// SPDX-License-Identifier: Apache-2.0
/** The files of one distribution, from a few values. */
@NullMarked
package dev.bulla.render;

import org.jspecify.annotations.NullMarked;
