// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a KEK can be relied on, from memory: a pure state machine, fed by what real calls and
 * background confirmations find, and the circuit and pace that follow from it.
 *
 * <pre>
 *            first confirmation            two failures, or 2 min without confirmation
 *   COLD ---------------------&gt; HEALTHY ----------------------------------------------&gt; DEGRADED
 *                                  ^  ^----------------- confirmed ----------------------|
 *                                  |---- confirmed ---- REVOKED &lt;-- said twice, 30 s apart -- any
 * </pre>
 *
 * <p>Times are readings of a ticker, in nanoseconds, compared by subtraction; a suspension is added
 * to them when it is noticed. Nothing here is stored: a restart begins COLD.
 */
@NullMarked
package dev.bulla.health;

import org.jspecify.annotations.NullMarked;
