// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One client that calls through a path without pause. */
final class Traffic implements AutoCloseable {
  private final TestClient client;
  private final Thread thread;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> failures = new LinkedBlockingQueue<>();
  private volatile boolean ended;

  Traffic(Path path) {
    client = new TestClient(path);
    thread = Thread.ofPlatform().daemon().unstarted(this::call);
  }

  private void call() {
    String last = "";
    while (!ended) {
      try {
        String name = client.name();
        if (!name.equals(last)) {
          answers.add(name);
          last = name;
        }
      } catch (StatusRuntimeException e) {
        if (!ended) {
          failures.add(e.getStatus().toString());
        }
      }
    }
  }

  /** Starts to call, and waits for the first answer of an instance other than the last. */
  void awaitAnswerFrom(String name) throws InterruptedException {
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
    String answer = answers.poll(10, TimeUnit.SECONDS);
    if (!name.equals(answer)) {
      throw new AssertionError("expected " + name + ", got " + answer + ", failed " + failures);
    }
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    ended = true;
    client.close();
  }
}
