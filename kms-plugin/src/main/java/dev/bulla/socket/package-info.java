// SPDX-License-Identifier: Apache-2.0
/**
 * The Unix socket: who owns its path, who may connect, how one instance follows another.
 *
 * <p>Rules (design §9): the path is published by an atomic rename, under a lock file; a live owner
 * is never displaced, a dead socket is, and what is not a socket is refused; a socket is removed
 * only by the instance that published it; a second instance stands by and takes over when the first
 * ends.
 */
@NullMarked
package dev.bulla.socket;

import org.jspecify.annotations.NullMarked;
