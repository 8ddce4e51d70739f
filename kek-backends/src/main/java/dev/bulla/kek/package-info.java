// SPDX-License-Identifier: Apache-2.0
/**
 * The port to a key encryption key (KEK): what Bulla asks of AWS KMS, of transit, or of a local key
 * file.
 *
 * <p>A KEK wraps and unwraps the 32-byte master of a DEK, and describes itself: who it is, which
 * version is current, since when, and whether it may be used. Calls may block until their deadline,
 * so no event loop makes them. Every failure is one of the {@link dev.bulla.kek.KekException}
 * kinds; none carries key bytes, tokens, host names or text that a service sent.
 *
 * <p>Nothing here knows of gRPC, of the envelope, or of any one backend.
 */
@NullMarked
package dev.bulla.kek;

import org.jspecify.annotations.NullMarked;
