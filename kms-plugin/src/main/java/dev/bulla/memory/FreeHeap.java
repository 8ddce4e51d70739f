// SPDX-License-Identifier: Apache-2.0
package dev.bulla.memory;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The part of the heap that no object uses. A collector frees memory without clearing it: a key
 * that was dropped stays there until something else happens to be allocated on it. {@link #scrub()}
 * overwrites it all with zeros.
 *
 * <p>It relies on how the serial collector allocates, upwards without gaps in each of its spaces,
 * and on two options of the launcher: {@code -XX:MarkSweepDeadRatio=0}, without which a full
 * collection leaves up to 5 % of the old generation as it was, and {@code
 * -XX:PretenureSizeThreshold}, which lets large arrays go straight to the old generation.
 *
 * <p>It holds no more than a survivor space of memory at any time: whoever else allocates finds
 * room, at worst after a full collection, and no OutOfMemoryError can come of it. Thread-safe; one
 * scrub runs at a time.
 */
public final class FreeHeap {
  /** Most bytes cleared at a stretch: a thread that clears memory lets no collection begin. */
  private static final int LARGE_BYTES = 1 << 20;

  /** Smallest array for the old generation; the launcher's pretenuring threshold is below it. */
  private static final int SMALLEST_LARGE_BYTES = 128 << 10;

  /** References in a small array; with its header it has 256 bytes. */
  private static final int SMALL_LENGTH = 60;

  private static final int SMALL_BYTES = 256;

  /**
   * References in an array that is smaller than one with a key in it: 32 bytes, header included.
   */
  private static final int TINY_LENGTH = 4;

  private static final int TINY_LINKS = 64;

  private static final int HEADER_BYTES = 16;

  /** The survivor spaces swap with each young collection; the third also moves all the gaps. */
  private static final int ROUNDS = 3;

  private final MemoryPoolMXBean eden;
  private final MemoryPoolMXBean survivor;
  private final MemoryPoolMXBean old;
  private final GarbageCollectorMXBean young;
  // Written so that the compiler cannot do away with an allocation.
  private final AtomicReference<@Nullable Object> last = new AtomicReference<>();

  private FreeHeap(
      MemoryPoolMXBean eden,
      MemoryPoolMXBean survivor,
      MemoryPoolMXBean old,
      GarbageCollectorMXBean young) {
    this.eden = eden;
    this.survivor = survivor;
    this.old = old;
    this.young = young;
  }

  /** Returns the free heap of this JVM; empty if it does not run with the serial collector. */
  public static Optional<FreeHeap> ofSerialCollector() {
    Optional<MemoryPoolMXBean> eden = pool("Eden Space");
    Optional<MemoryPoolMXBean> survivor = pool("Survivor Space");
    Optional<MemoryPoolMXBean> old = pool("Tenured Gen");
    Optional<GarbageCollectorMXBean> young =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .filter(collector -> collector.getName().equals("Copy"))
            .findFirst();
    if (eden.isEmpty() || survivor.isEmpty() || old.isEmpty() || young.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new FreeHeap(eden.get(), survivor.get(), old.get(), young.get()));
  }

  private static Optional<MemoryPoolMXBean> pool(String name) {
    List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans();
    return pools.stream().filter(pool -> pool.getName().equals(name)).findFirst();
  }

  /**
   * What a scrub did.
   *
   * @param bytes zeros written, in bytes; more than was free, for the young generation is written
   *     several times
   * @param nanos time it took
   */
  public record Scrub(long bytes, long nanos) {}

  /**
   * Overwrites what was free, or became free, before the call. Takes some 50 ms of this thread;
   * other threads are stopped by its collections meanwhile. Memory that others free while it runs
   * may be left as it is.
   */
  public synchronized Scrub scrub() {
    long start = System.nanoTime();
    // What is alive moves together at the bottom of the old generation; all else is free then.
    System.gc();
    long bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      bytes += fillYoung();
    }
    bytes += fillOld();
    last.set(null);
    System.gc();
    return new Scrub(bytes, System.nanoTime() - start);
  }

  /**
   * Writes through eden until a young collection, which copies what is held here through a survivor
   * space.
   */
  private long fillYoung() {
    long bytes = 0;
    long collections = young.getCollectionCount();
    long held = survivor.getUsage().getCommitted();
    // Bounded, for a collection may count as a full one.
    long most = 2 * eden.getUsage().getCommitted() + held;
    Object[] chain = tinyLinks();
    while (bytes < most && young.getCollectionCount() == collections) {
      Object[] link = new Object[SMALL_LENGTH];
      if (bytes <= held) {
        link[0] = chain;
        chain = link;
      }
      last.set(link);
      bytes += SMALL_BYTES;
    }
    last.set(chain);
    return bytes;
  }

  // The collector copies a chain from its head: these come last, and fit where no other link does.
  private static Object[] tinyLinks() {
    Object[] chain = new Object[TINY_LENGTH];
    for (int i = 0; i < TINY_LINKS; i++) {
      Object[] link = new Object[TINY_LENGTH];
      link[0] = chain;
      chain = link;
    }
    return chain;
  }

  /** Allocates upwards to the end of the old generation; nothing of it is held. */
  private long fillOld() {
    long bytes = 0;
    long most = old.getUsage().getCommitted();
    long free = freeOld();
    while (bytes < most && free >= SMALLEST_LARGE_BYTES + HEADER_BYTES) {
      int size = (int) Math.min(LARGE_BYTES, free - HEADER_BYTES);
      last.set(new byte[size]);
      bytes += size;
      free = freeOld();
    }
    return bytes;
  }

  private long freeOld() {
    return old.getUsage().getCommitted() - old.getUsage().getUsed();
  }
}
