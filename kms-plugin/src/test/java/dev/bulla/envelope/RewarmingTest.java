// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.PacedKek;
import dev.bulla.health.OutageLimits;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Fault;
import dev.bulla.kek.KekType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A restart with notes of wrapped DEKs: warm before anybody asks, and not fooled by the notes. */
final class RewarmingTest {
  private static final byte[] SEED =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private static final System.Logger LOG = System.getLogger("bulla.figures");

  /** What a busy machine may add to 6 s. */
  private static final long SLACK_MILLIS = 4_000;

  private final FakeKek kek = new FakeKek(KekType.TRANSIT, "k", Rig.SCOPE);
  private final Notes notes = new Notes();
  private final List<Rig> rigs = new ArrayList<>();

  /** Notes in memory. */
  private static final class Notes implements WrappedDeks {
    final List<byte[]> noted = new CopyOnWriteArrayList<>();
    final List<byte[]> dropped = new CopyOnWriteArrayList<>();

    @Override
    public void note(byte[] annotation) {
      noted.addFirst(annotation);
    }

    @Override
    public void drop(byte[] annotation) {
      dropped.add(annotation);
    }

    @Override
    public List<byte[]> noted() {
      return List.copyOf(noted);
    }
  }

  @AfterEach
  void close() {
    rigs.forEach(Rig::close);
  }

  private Rig rig() {
    Rig rig = new Rig(kek, Rig.settings(OutageLimits.DEFAULT, Rig.kek(KekRole.WRITE, kek)), notes);
    rigs.add(rig);
    rig.step();
    return rig;
  }

  private List<Envelope> written(int deks) throws EnvelopeException {
    Rig writer = rig();
    List<Envelope> written = new ArrayList<>();
    for (int i = 0; i < deks; i++) {
      written.add(writer.envelopes.seal(SEED));
      writer.parts.succession().retire();
      writer.step();
    }
    return written;
  }

  @Test
  void restart_isWarm_whenTheKekIsGoneAfterwards() throws Exception {
    List<Envelope> written = written(50);
    Rig restarted = rig();
    restarted.parts.rewarming().run();
    assertThat(restarted.told).contains("rewarmed 52, refused 0");
    kek.fail(Fault.DOWN);
    for (Envelope envelope : written) {
      assertThat(restarted.open(envelope).join()).isEqualTo(SEED);
    }
  }

  @Test
  void notes_thatAreJunkOrForeign_areSkippedAndOnlyRefusedOnesForgotten() throws Exception {
    List<Envelope> written = written(3);
    byte[] forged = written.getFirst().annotation().toByteArray();
    forged[forged.length - 1] ^= 1;
    notes.noted.add(forged);
    notes.noted.add(new byte[] {1, 2, 3});
    byte[] foreign = written.getFirst().annotation().toByteArray();
    foreign[45] ^= 1;
    notes.noted.add(foreign);
    Rig restarted = rig();
    int before = kek.unwraps();
    restarted.parts.rewarming().run();
    assertThat(kek.unwraps() - before).isEqualTo(5);
    assertThat(notes.dropped).hasSize(1);
    assertThat(notes.dropped.getFirst()).isEqualTo(forged);
  }

  @Test
  void deadKek_isTriedUntilItIsBack() throws Exception {
    List<Envelope> written = written(5);
    Rig restarted =
        new Rig(kek, Rig.settings(OutageLimits.DEFAULT, Rig.kek(KekRole.WRITE, kek)), notes);
    rigs.add(restarted);
    kek.fail(Fault.DOWN);
    restarted.run(Duration.ofSeconds(5));
    Thread warming = Thread.ofVirtual().start(restarted.parts.rewarming());
    assertThat(warming.join(Duration.ofMillis(400))).as("it has not given up").isFalse();
    kek.fail(Fault.NONE);
    restarted.run(Duration.ofSeconds(2));
    assertThat(warming.join(Duration.ofSeconds(10))).isTrue();
    kek.fail(Fault.DOWN);
    assertThat(restarted.open(written.getFirst()).join()).isEqualTo(SEED);
  }

  @Test
  void thousandNotes_atTwentyMilliseconds_areWarmInSixSeconds_atMostEightAtOnce() throws Exception {
    List<Envelope> written = written(1_000);
    PacedKek slow = new PacedKek(kek);
    Rig restarted =
        new Rig(kek, Rig.settings(OutageLimits.DEFAULT, Rig.kek(KekRole.WRITE, slow)), notes);
    rigs.add(restarted);
    restarted.step();
    long begun = System.nanoTime();
    Thread warming = Thread.ofVirtual().start(restarted.parts.rewarming());
    // Meanwhile it serves.
    while (!warming.join(Duration.ofMillis(50))) {
      assertThat(restarted.open(restarted.envelopes.seal(SEED)).get()).isEqualTo(SEED);
    }
    long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
    LOG.log(System.Logger.Level.INFO, "1,000 notes in " + millis + " ms");
    assertThat(millis).isLessThan(6_000 + SLACK_MILLIS);
    assertThat(slow.mostAtOnce()).isLessThanOrEqualTo(Rewarming.AT_ONCE);
    kek.fail(Fault.DOWN);
    for (Envelope envelope : written) {
      assertThat(restarted.open(envelope).join()).isEqualTo(SEED);
    }
  }

  @Test
  void coldUnwrap_isNotedForTheNextStart() throws Exception {
    Envelope envelope = written(1).getFirst();
    notes.noted.clear();
    Rig cold = rig();
    notes.noted.clear();
    assertThat(cold.open(envelope).get()).isEqualTo(SEED);
    assertThat(notes.noted).hasSize(1);
    assertThat(notes.noted.getFirst()).isEqualTo(envelope.annotation().toByteArray());
  }
}
