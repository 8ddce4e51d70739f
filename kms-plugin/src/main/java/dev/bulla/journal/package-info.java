// SPDX-License-Identifier: Apache-2.0
/**
 * The journal: an append-only file of wrapped DEKs, from which a start is warm (design §8).
 * Ciphertext only, and a hint only: without it Bulla is correct, and nothing in it is believed
 * before a KEK has opened it. This package knows byte arrays and no other package of ours.
 *
 * <p>Format, version 1, all numbers big-endian:
 *
 * <pre>
 * file   = header *record
 * header = "bulla-journal 1" LF                  ; 16 bytes of ASCII
 * record = length bytes checksum
 * length = u16                                   ; of bytes alone, 1 to 3,328
 * checksum = u32                                 ; CRC32C over length and bytes
 * </pre>
 *
 * The newest record is the last; a record may occur twice, then its last place counts. How a file
 * is read:
 *
 * <ul>
 *   <li>A last record that is not whole is a torn tail, as a kill leaves it, or an append that is
 *       under way: it is ignored, and the owner cuts it off before its first append. A damaged
 *       length that reaches past the end looks the same, and costs what is behind it.
 *   <li>A record whose checksum is wrong is stepped over by its length. A length that no record can
 *       have ends the reading, for nothing says where the next one begins. Each counts as one
 *       unreadable record, and the owner writes the file anew. Nowhere is a record searched for
 *       byte by byte: that would take quadratic time. A damaged length may lead into the middle of
 *       a record; what passes its checksum there is a hint like any other.
 *   <li>No more is read than the owner ever writes: the header and 2,000 records of the greatest
 *       length.
 *   <li>A file that begins otherwise is not ours, or of a version to come: it is never touched.
 *   <li>A file that is empty, or ends within the header, holds nothing and is written anew.
 * </ul>
 *
 * The file and its directory are refused where others could have written to them: see {@code
 * TrustedPlace}. The owner of the socket alone writes; a reader may read at any time, because
 * records are appended, and a compaction puts a whole new file in the old one's place.
 */
@NullMarked
package dev.bulla.journal;

import org.jspecify.annotations.NullMarked;
