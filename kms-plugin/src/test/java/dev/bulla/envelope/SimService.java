// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Fault;
import dev.bulla.kek.KekType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A KEK service of a simulated cluster: one key, and what is wrong with it for which node. */
final class SimService {
  private static final long NEVER = Long.MIN_VALUE / 2;

  final int number;
  final KekType type;
  final FakeKek key;
  private final Fault[] faults;
  private final boolean[] hung;
  private final int[] lag;
  private final long[] troubledAt;
  private final List<Integer> versions = new ArrayList<>(List.of(0));
  private int made = 1;
  private boolean lostVersions;
  private boolean recreated;

  SimService(int number, KekType type, int nodes) {
    this.number = number;
    this.type = type;
    this.key = new FakeKek(type, "key", Rig.SCOPE);
    this.faults = new Fault[nodes];
    this.hung = new boolean[nodes];
    this.lag = new int[nodes];
    this.troubledAt = new long[nodes];
    Arrays.fill(faults, Fault.NONE);
    Arrays.fill(troubledAt, NEVER);
  }

  void rotate(Instant at) {
    key.rotate(at);
    versions.add(made++);
  }

  void recreate() {
    key.recreate();
    versions.clear();
    versions.add(made++);
    lostVersions = true;
    recreated = true;
  }

  void restoreTo(int oldest) {
    key.restoreTo(oldest);
    versions.subList(oldest, versions.size()).clear();
    lostVersions = true;
  }

  int versions() {
    return versions.size();
  }

  int newest() {
    return made;
  }

  /** Returns whether a version that was is gone for good. */
  boolean hasLost() {
    return lostVersions;
  }

  boolean isRecreated() {
    return recreated;
  }

  boolean isAlive(int version) {
    return versions.contains(version);
  }

  void fail(int node, Fault how, boolean hangs) {
    faults[node] = how;
    hung[node] = hangs;
  }

  void lag(int node, int oldest) {
    lag[node] = oldest;
  }

  boolean lags(int node) {
    return lag[node] > 0;
  }

  Fault fault(int node) {
    return faults[node];
  }

  boolean isHung(int node) {
    return hung[node];
  }

  boolean isWell(int node) {
    return faults[node] == Fault.NONE && !hung[node];
  }

  /** Takes down whether it is well for a node at {@code nanos}. */
  void look(int node, long nanos) {
    if (!isWell(node)) {
      troubledAt[node] = nanos;
    }
  }

  /** Returns how long it has been well for a node. */
  long calmNanos(int node, long nanos) {
    return isWell(node) ? nanos - troubledAt[node] : 0;
  }

  /** Brings one node's view of the key up to date. */
  void apply(int node, FakeKek view) {
    view.fail(faults[node]);
    if (lag[node] > 0) {
      view.lag(lag[node]);
    } else {
      view.catchUp();
    }
  }
}
