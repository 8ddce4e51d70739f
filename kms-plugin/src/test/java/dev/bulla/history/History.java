// SPDX-License-Identifier: Apache-2.0
package dev.bulla.history;

import com.google.crypto.tink.util.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes down requests and answers, and throws a {@link Violation} at the first that breaks an
 * invariant which callers can see: I1 (Encrypt's key_id is the one that Status told), I3 (no nonce
 * twice), I4 (the exact plaintext or an error), I6 (no key_id comes back). Thread-safe.
 */
public final class History {
  /** How long a Status binds the Encrypt after it (design §7). */
  public static final Duration BINDS_FOR = Duration.ofSeconds(10);

  private static final int NONCE_AT = 1;
  private static final int NONCE_END = 13;
  private static final int LAST_WORDS = 40;

  /** What an Encrypt gave. */
  public record Sealed(int number, Bytes plaintext, Bytes ciphertext, String keyId, Bytes dek) {}

  private record Told(String keyId, long nanos) {}

  private final List<Sealed> sealed = new ArrayList<>();
  private final Map<String, Told> told = new HashMap<>();
  private final Map<String, String> current = new HashMap<>();
  private final Map<String, Set<String>> left = new HashMap<>();
  private final Set<Bytes> ciphertexts = new HashSet<>();
  private final Map<Object, Integer> names = new HashMap<>();
  private final Deque<String> last = new ArrayDeque<>();
  private final MessageDigest digest = sha256();
  private long operations;

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes down anything else that happens, for whoever reads a violation. */
  public synchronized void note(String what) {
    digest.update((what + '\n').getBytes(StandardCharsets.UTF_8));
    if (!what.equals(last.peekLast())) {
      last.addLast(what);
    }
    if (last.size() > LAST_WORDS) {
      last.removeFirst();
    }
  }

  private void operation(String what) {
    operations++;
    note(what);
  }

  /** Returns a short name, the same in every history of the same events. */
  public synchronized int name(Object of) {
    return names.computeIfAbsent(of, _ -> names.size());
  }

  /**
   * Status told a key_id.
   *
   * @param connection on which; names must not be used again
   * @param process whose Statuses come in this order
   * @param nanos when, at the earliest
   */
  public synchronized void told(String connection, String process, String keyId, long nanos) {
    operation(connection + " told " + name(keyId));
    told.put(connection, new Told(keyId, nanos));
    String before = current.put(process, keyId);
    if (before != null && !before.equals(keyId)) {
      left.computeIfAbsent(process, _ -> new HashSet<>()).add(before);
    }
    if (left.getOrDefault(process, Set.of()).contains(keyId)) {
      throw new Violation("I6", process + " went back to key_id " + name(keyId));
    }
  }

  /**
   * Encrypt gave an envelope; returns it with its number.
   *
   * @param nanos when, at the latest
   */
  public synchronized Sealed sealed(
      String connection, byte[] plaintext, byte[] ciphertext, String keyId, Bytes dek, long nanos) {
    operation(connection + " sealed under " + name(keyId) + ", DEK " + name(dek));
    Told before = told.get(connection);
    if (before != null
        && nanos - before.nanos < BINDS_FOR.toNanos()
        && !before.keyId.equals(keyId)) {
      throw new Violation("I1", "told %d, sealed %d".formatted(name(before.keyId), name(keyId)));
    }
    if (!ciphertexts.add(nonce(ciphertext, dek))) {
      throw new Violation("I3", "a nonce came twice under DEK " + name(dek));
    }
    Sealed made =
        new Sealed(
            sealed.size(), Bytes.copyFrom(plaintext), Bytes.copyFrom(ciphertext), keyId, dek);
    sealed.add(made);
    return made;
  }

  private static Bytes nonce(byte[] ciphertext, Bytes dek) {
    byte[] both = java.util.Arrays.copyOf(dek.toByteArray(), dek.size() + NONCE_END - NONCE_AT);
    System.arraycopy(ciphertext, NONCE_AT, both, dek.size(), NONCE_END - NONCE_AT);
    return Bytes.copyFrom(both);
  }

  /** Decrypt of what Encrypt gave answered so. */
  public synchronized void opened(String connection, Sealed of, byte[] plaintext) {
    operation(connection + " opened " + of.number);
    if (!of.plaintext.equals(Bytes.copyFrom(plaintext))) {
      throw new Violation("I4", "a wrong plaintext for envelope " + of.number);
    }
  }

  /** Decrypt of something that no Encrypt gave returned a plaintext. */
  public synchronized void openedAltered(String connection, String how) {
    operation(connection + " opened what was altered");
    throw new Violation("I4", "opened although " + how);
  }

  /** A call failed with that kind of error. */
  public synchronized void refused(String connection, String call, String kind) {
    operation(connection + " " + call + ": " + kind);
  }

  /** Returns all that was given, oldest first. */
  public synchronized List<Sealed> envelopes() {
    return List.copyOf(sealed);
  }

  /** Returns how many envelopes were given. */
  public synchronized int size() {
    return sealed.size();
  }

  /** Returns the envelope of that number. */
  public synchronized Sealed envelope(int number) {
    return sealed.get(number);
  }

  /** Returns how many requests were answered. */
  public synchronized long operations() {
    return operations;
  }

  /** Returns the last events, one a line. */
  public synchronized String lastWords() {
    return String.join("\n", last);
  }

  /** Returns a digest of all that was taken down, and ends it. */
  public synchronized String digest() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
