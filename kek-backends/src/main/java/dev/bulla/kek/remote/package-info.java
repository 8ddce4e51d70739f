// SPDX-License-Identifier: Apache-2.0
/**
 * How a KEK service is called over a network, whatever it speaks: one deadline, one layer of
 * retries inside a budget, failover and hedging over an ordered list of endpoints.
 */
@NullMarked
package dev.bulla.kek.remote;

import org.jspecify.annotations.NullMarked;
