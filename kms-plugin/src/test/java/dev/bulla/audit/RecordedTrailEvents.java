// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What was told, as text. */
final class RecordedTrailEvents implements AuditEvents {
  private final List<String> told = new CopyOnWriteArrayList<>();

  List<String> told() {
    return List.copyOf(told);
  }

  @Override
  public void notAudited(IOException why) {
    told.add("off " + why.getMessage());
  }

  @Override
  public void auditedAgain() {
    told.add("again");
  }

  @Override
  public void auditLost(long lines) {
    told.add("lost " + lines);
  }

  @Override
  public void auditStands(long seq, String hash) {
    told.add("stands " + seq + " " + hash);
  }
}
