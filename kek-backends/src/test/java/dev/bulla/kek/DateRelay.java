// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands before a fake on loopback, over plain HTTP, and gives its answers another Date header: the
 * JDK's server, of which the fakes are made, always writes its own. Thread-safe.
 */
public final class DateRelay implements AutoCloseable {
  private static final String DATE = "date:";
  private static final String LENGTH = "content-length:";

  private final int port;
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile String header;

  /**
   * Starts it.
   *
   * @param fake where the fake answers
   * @param header the line that its answers have for their Date; empty for none
   */
  public DateRelay(URI fake, String header) throws IOException {
    this.port = fake.getPort();
    this.header = header;
    this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    var _ = threads.submit(() -> accept());
  }

  /** Returns where it answers. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** Sets the line that answers have for their Date from now on; empty for none. */
  public void header(String line) {
    header = line;
  }

  private boolean accept() throws IOException {
    while (!server.isClosed()) {
      Socket caller = server.accept();
      Socket fake = new Socket(InetAddress.getLoopbackAddress(), port);
      var _ = threads.submit(() -> requests(caller, fake));
      var _ = threads.submit(() -> answers(fake, caller));
    }
    return true;
  }

  private static long requests(Socket caller, Socket fake) throws IOException {
    try (caller;
        fake) {
      return caller.getInputStream().transferTo(fake.getOutputStream());
    }
  }

  private boolean answers(Socket fake, Socket caller) throws IOException {
    try (caller;
        fake) {
      InputStream in = new BufferedInputStream(fake.getInputStream());
      OutputStream out = new BufferedOutputStream(caller.getOutputStream());
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        long body = head(line, in, out);
        out.write(in.readNBytes((int) body));
        out.flush();
      }
    }
    return true;
  }

  /** Copies a status line and the headers after it; returns the length of the body. */
  private long head(String status, InputStream in, OutputStream out) throws IOException {
    long body = 0;
    String line = status;
    while (!line.isBlank()) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith(LENGTH)) {
        body = Long.parseLong(lower.substring(LENGTH.length()).strip());
      }
      write(lower.startsWith(DATE) ? header : line, out);
      line = line(in);
    }
    write("\r\n", out);
    return body;
  }

  private static void write(String line, OutputStream out) throws IOException {
    if (!line.isEmpty()) {
      out.write((line.stripTrailing() + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** Returns a line with its end; empty at the end of the stream. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = in.read();
    while (next >= 0) {
      line.append((char) next);
      if (next == '\n') {
        break;
      }
      next = in.read();
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
