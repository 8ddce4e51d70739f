// SPDX-License-Identifier: Apache-2.0
/**
 * The ops port: metrics, liveness and readiness, over HTTP. It hears what happens, asks for facts
 * that are in memory, and is needed by nothing: a port that is taken or under attack is its own
 * trouble.
 */
@NullMarked
package dev.bulla.ops;

import org.jspecify.annotations.NullMarked;
