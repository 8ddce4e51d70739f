// SPDX-License-Identifier: Apache-2.0
/**
 * The envelope: seeds sealed under DEKs held in memory, DEKs wrapped by KEKs.
 *
 * <pre>
 *   seed --seal--&gt; ciphertext        DEK (AES-256-GCM), held in memory, proved before its first use
 *   master --wrap--&gt; annotation      KEK, remote; the DEK and its commitment are derived from the master
 *
 *   ciphertext = suite(1) nonce(12) ct tag(16)
 *   annotation = 01 suite(1) flags(1) created(u32) commitment(32) n(1) n x [ type(1) kekTag(8) LP16(version) LP16(blob) ]
 *   key_id     = "b1." base64url(SHA-256(scope, generation, write KEK and version, recovery KEKs)[0..24])
 *   AAD        = "bulla/v1" 00 suite LP16(scope) LP16(key_id) SHA-256(annotation)
 * </pre>
 *
 * <p>Invariants: nothing leaves under a DEK whose wrapped form was not unwrapped again and
 * compared; an open gives the exact plaintext or an error; one DEK seals at most 2^20 times.
 *
 * <p>Nothing here knows of gRPC, of protobuf, or of any one backend.
 */
@NullMarked
package dev.bulla.envelope;

import org.jspecify.annotations.NullMarked;
