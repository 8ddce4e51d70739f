// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

import dev.bulla.envelope.Envelope;

/**
 * What kube-apiserver accepts of a plugin (k8s.io/apiserver, kmsv2/envelope.go), and the name of
 * the one annotation that Bulla writes. Checked on what is sent as well: an answer beyond a limit
 * would be thrown away by the API server, and is a defect here.
 */
final class KmsLimits {
  /** The only annotation: a fully qualified domain name, as the API server demands. */
  static final String ANNOTATION = "dek.bulla.dev";

  /** keyIDMaxSize, in bytes. */
  static final int MAX_KEY_ID_BYTES = 1_024;

  /** encryptedDEKSourceMaxSize, in bytes. */
  static final int MAX_CIPHERTEXT_BYTES = 1_024;

  /** annotationsMaxSize: keys and values together, in bytes. */
  static final int MAX_ANNOTATIONS_BYTES = 32 * 1_024;

  private KmsLimits() {}

  // A key_id is ASCII: its characters are its bytes.
  static boolean allows(Envelope envelope) {
    return within(envelope.ciphertext().size(), MAX_CIPHERTEXT_BYTES)
        && within(envelope.keyId().text().length(), MAX_KEY_ID_BYTES)
        && within(ANNOTATION.length() + envelope.annotation().size(), MAX_ANNOTATIONS_BYTES);
  }

  private static boolean within(int size, int max) {
    return size >= 1 && size <= max;
  }
}
