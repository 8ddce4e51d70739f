// SPDX-License-Identifier: Apache-2.0
/** Tests of the state machine of health, by tables. */
@NullMarked
package dev.bulla.health;

import org.jspecify.annotations.NullMarked;
