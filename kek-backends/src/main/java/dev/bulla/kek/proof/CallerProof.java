// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.proof;

import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Proves who this process is, with credentials that stay here. Thread-safe. */
public interface CallerProof {
  /** Returns the files it reads: a proof that was refused may be accepted when one changes. */
  List<Path> files();

  /**
   * Signs a request, with credentials read now and forgotten afterwards.
   *
   * @param headers to be sent and signed besides those that the request needs
   * @throws KekException.Denied if a service refuses to give credentials
   * @throws KekException.Unavailable if there are none, or none before the deadline
   */
  SignedRequest sign(Map<String, String> headers, Deadline deadline) throws KekException;
}
