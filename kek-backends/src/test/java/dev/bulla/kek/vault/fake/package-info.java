// SPDX-License-Identifier: Apache-2.0
/** A strict stand-in for the transit engine, for what a real OpenBao cannot be made to do. */
@NullMarked
package dev.bulla.kek.vault.fake;

import org.jspecify.annotations.NullMarked;
