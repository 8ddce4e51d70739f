// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects at most {@value #MOST_BYTES} bytes of an answer, in an array that nobody else has. */
final class CappedBody implements BodySubscriber<byte[]> {
  /** Ten times the longest answer that Bulla asks for: a key of a thousand versions. */
  static final int MOST_BYTES = 64 * 1024;

  private final CompletableFuture<byte[]> result = new CompletableFuture<>();
  private byte[] bytes = new byte[1024];
  private int size;
  private Flow.@Nullable Subscription subscription;

  @Override
  public CompletionStage<byte[]> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription begun) {
    subscription = begun;
    begun.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      int more = buffer.remaining();
      if (size + more > MOST_BYTES) {
        tooLong();
        return;
      }
      reserve(size + more);
      buffer.get(bytes, size, more);
      size += more;
    }
  }

  private void reserve(int needed) {
    if (needed > bytes.length) {
      byte[] larger = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
      Arrays.fill(bytes, (byte) 0);
      bytes = larger;
    }
  }

  private void tooLong() {
    if (subscription != null) {
      subscription.cancel();
    }
    onError(new IOException("the answer is too long"));
  }

  @Override
  public void onError(Throwable why) {
    Arrays.fill(bytes, (byte) 0);
    result.completeExceptionally(why);
  }

  @Override
  public void onComplete() {
    byte[] whole = Arrays.copyOf(bytes, size);
    Arrays.fill(bytes, (byte) 0);
    if (!result.complete(whole)) {
      Arrays.fill(whole, (byte) 0);
    }
  }
}
