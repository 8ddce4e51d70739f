// SPDX-License-Identifier: Apache-2.0
/**
 * The audit trail: an append-only file of JSON lines, each of which carries the SHA-256 of the line
 * before. This package knows lines and files, and nothing of what happens.
 *
 * <pre>
 * line  = {"seq":N,"time":"…","event":"…", fields…,"prev":"64 hex digits"} LF
 * prev  = SHA-256 of the line before, without its LF; 64 zeros in the first line of a chain
 * seq   = that of the line before, plus one
 * </pre>
 *
 * The first line of each file is {@code opened}, and its prev is that of the last line of the file
 * before, so that rotated files are one chain. A process that starts on a file that is there writes
 * {@code opened} too. Bytes behind the last LF, as a kill leaves them, are ended with an LF and
 * count as a line: {@code opened} says in {@code torn} how many there are. The process that holds
 * the file's lock (fcntl) alone writes.
 *
 * <p>What this proves: nobody has changed, removed or moved a line without rewriting all that
 * follow. Whoever owns the file can do that; it is seen only by comparing with a hash that is kept
 * elsewhere, such as those that the log tells.
 */
@NullMarked
package dev.bulla.audit;

import org.jspecify.annotations.NullMarked;
