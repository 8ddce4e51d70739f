// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

/** What an operator should hear once, while nothing fails yet. */
enum Notice {
  /** Somebody may delete the key at any time. */
  DELETION_ALLOWED("the key may be deleted: set deletion_allowed=false on it"),
  /** Somebody may read the key's bytes. */
  PLAINTEXT_BACKUP(
      "the key allows plaintext backups, so that its bytes can be read; rotate to a new key"),
  /** Old records do not open. */
  OLD_VERSIONS_CLOSED(
      "min_decryption_version is above 1: records of older versions do not open; lower it unless"
          + " every object was rewritten since"),
  /** Records of another key that had this name. */
  ANOTHER_KEY(
      "a record names a version that this key never had, and was refused: if many are, the key was"
          + " deleted and made again under the same name, and only a backup of the service brings"
          + " the old one back; a single one was altered"),
  /** The version that wraps is not the latest that the key demands. */
  PINNED_TOO_OLD("min_encryption_version is above the version that wraps; unpin or lower it"),
  /** A mistake in the policy that lets Bulla make a key by accident. */
  CREATE_GRANTED(
      "the token may create keys by encrypting: remove 'create' from the encrypt path in its"
          + " policy, 'update' is enough"),
  /** A login that needs the API server which waits for Bulla. */
  ISSUER_IS_THE_CLUSTER(
      "the login token comes from a Kubernetes API server; if it is the one that Bulla unlocks, a"
          + " cold start has to wait for itself: use another login, or a fallback");

  private final String words;

  Notice(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
