// SPDX-License-Identifier: Apache-2.0
/** The contract of a KEK and a faithful fake of one, for the tests of every module. */
@NullMarked
package dev.bulla.kek;

import org.jspecify.annotations.NullMarked;
