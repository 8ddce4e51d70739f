// SPDX-License-Identifier: Apache-2.0
/** Attempts, retries, failover and hedging, on endpoints that a test controls. */
@NullMarked
package dev.bulla.kek.remote;

import org.jspecify.annotations.NullMarked;
