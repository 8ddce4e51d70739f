// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/** Reads at most {@value #MOST_BYTES} bytes of an answer; the SDK would read any number. */
final class BoundedHttpClient implements SdkHttpClient {
  /** Ten times the longest answer of KMS or STS that Bulla asks for. */
  static final int MOST_BYTES = 256 * 1024;

  private final SdkHttpClient client;

  BoundedHttpClient(SdkHttpClient client) {
    this.client = client;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    ExecutableHttpRequest prepared = client.prepareRequest(request);
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        return bounded(prepared.call());
      }

      @Override
      public void abort() {
        prepared.abort();
      }
    };
  }

  private static HttpExecuteResponse bounded(HttpExecuteResponse response) {
    return response
        .responseBody()
        .map(
            body ->
                HttpExecuteResponse.builder()
                    .response(response.httpResponse())
                    .responseBody(AbortableInputStream.create(new Bounded(body), body))
                    .build())
        .orElse(response);
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    client.close();
  }

  private static final class Bounded extends FilterInputStream {
    private int left = MOST_BYTES;

    Bounded(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int read = super.read(to, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int read) throws AnswerTooLongException {
      left -= read;
      if (left < 0) {
        throw new AnswerTooLongException(MOST_BYTES);
      }
    }
  }
}
