// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A control-plane node: its clocks, its notes, and the process of the moment. */
final class SimNode implements WrappedDeks {
  private static final int MOST_NOTES = 1_000;

  final SimWorld world;
  final int number;
  private final boolean keepsNotes;
  private final List<byte[]> notes = new ArrayList<>();
  private long suspendedNanos;
  private long noticedNanos;
  private Duration wallStep = Duration.ZERO;
  private boolean excused;
  private int lives;
  private SimLife life;

  SimNode(SimWorld world, int number, boolean keepsNotes) {
    this.world = world;
    this.number = number;
    this.keepsNotes = keepsNotes;
    this.life = new SimLife(this, lives, world.plan.configuration());
  }

  SimLife life() {
    return life;
  }

  /** Ends the process without a farewell and starts another. */
  void restart(SimPlan.Configuration configuration) {
    world.strands.kill(this);
    noticedNanos = suspendedNanos;
    lives++;
    life = new SimLife(this, lives, configuration);
    life.begin();
  }

  /** Elapsed time of this machine, without suspensions. */
  long nanos() {
    return world.nanos() - suspendedNanos;
  }

  /** Elapsed time with those suspensions that the process has noticed. */
  long aged() {
    return nanos() + noticedNanos;
  }

  Ticker ticker() {
    return new Ticker() {
      @Override
      public long nanos() {
        return SimNode.this.nanos();
      }

      @Override
      public void pause(Duration time) {
        // Off a strand nobody can wait: the turn comes at once.
        if (time.isPositive() && world.strands.onStrand()) {
          world.strands.sleepUntil(world.nanos() + Math.max(time.toNanos(), world.chunkNanos()));
        }
      }
    };
  }

  Instant wall() {
    return Rig.START.plusNanos(world.nanos()).plus(wallStep);
  }

  void stepWall(Duration step) {
    wallStep = step;
    excused = true;
  }

  /** Lets it go back to an earlier key_id after a restart, as what it was told may be old. */
  void excuse() {
    excused = true;
  }

  boolean mayGoBack() {
    return excused;
  }

  /** Stands still for a time that the world goes on for. */
  void suspend(Duration gap) {
    suspendedNanos += gap.toNanos();
    world.strands.delay(this, gap.toNanos());
  }

  boolean hasUnnoticedGap() {
    return noticedNanos != suspendedNanos;
  }

  void notice() {
    noticedNanos = suspendedNanos;
  }

  @Override
  public void note(byte[] annotation) {
    if (keepsNotes) {
      notes.addFirst(annotation);
      if (notes.size() > MOST_NOTES) {
        notes.removeLast();
      }
    }
  }

  @Override
  public void drop(byte[] annotation) {
    notes.removeIf(each -> java.util.Arrays.equals(each, annotation));
  }

  @Override
  public List<byte[]> noted() {
    return List.copyOf(notes);
  }
}
