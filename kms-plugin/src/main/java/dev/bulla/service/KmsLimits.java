// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

import com.google.protobuf.ByteString;
import dev.bulla.proto.v2.EncryptResponse;
import java.util.Map;

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

  static boolean allows(EncryptResponse response) {
    return within(response.getCiphertext().size(), MAX_CIPHERTEXT_BYTES)
        && within(response.getKeyIdBytes().size(), MAX_KEY_ID_BYTES)
        && within(size(response.getAnnotationsMap()), MAX_ANNOTATIONS_BYTES);
  }

  private static boolean within(int size, int max) {
    return size >= 1 && size <= max;
  }

  private static int size(Map<String, ByteString> annotations) {
    int size = 0;
    for (Map.Entry<String, ByteString> entry : annotations.entrySet()) {
      size += entry.getKey().length() + entry.getValue().size();
    }
    return size;
  }
}
