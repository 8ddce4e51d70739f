// SPDX-License-Identifier: Apache-2.0
package dev.bulla.client;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Calls under way on one connection. Confined to its channel's loop. */
final class OwnCalls extends Http2ChannelDuplexHandler {
  /** Of a message before its bytes: not compressed, and its length (gRPC over HTTP/2). */
  static final int PREFIX_BYTES = 5;

  /** Beyond any answer of the plugin. */
  private static final int MAX_BYTES = 16 * 1_024;

  /** gRPC's UNKNOWN, for an answer without a status. */
  private static final int UNKNOWN = 2;

  private final Map<Http2FrameStream, Pending> pending = new HashMap<>();
  private @Nullable ChannelHandlerContext self;

  private record Pending(ByteArrayOutputStream message, CompletableFuture<OwnAnswer> answer) {
    private void append(ByteBuf content) throws IOException {
      if (message.size() + content.readableBytes() > MAX_BYTES) {
        throw new IOException("an answer is too long");
      }
      content.readBytes(message, content.readableBytes());
    }

    private void complete(Http2Headers trailers) {
      byte[] bytes = message.toByteArray();
      int from = Math.min(PREFIX_BYTES, bytes.length);
      answer.complete(
          new OwnAnswer(
              trailers.getInt("grpc-status", UNKNOWN),
              trailers.get("grpc-message", "").toString(),
              ByteString.copyFrom(bytes, from, bytes.length - from)));
    }
  }

  @Override
  protected void handlerAdded0(ChannelHandlerContext context) {
    self = context;
  }

  /** Sends a call; {@code message} is released once it is written. */
  void send(Http2Headers headers, ByteBuf message, CompletableFuture<OwnAnswer> answer) {
    ChannelHandlerContext context = self;
    if (context == null || !context.channel().isActive()) {
      message.release();
      answer.completeExceptionally(new EOFException("closed"));
      return;
    }
    Http2FrameStream stream = newStream();
    pending.put(stream, new Pending(new ByteArrayOutputStream(), answer));
    var _ = context.write(new DefaultHttp2HeadersFrame(headers).stream(stream));
    var _ = context.writeAndFlush(new DefaultHttp2DataFrame(message, true).stream(stream));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) throws IOException {
    try {
      // No switch over types: what links one costs some 2 ms of the start.
      if (frame instanceof Http2DataFrame data) {
        data(data);
      } else if (frame instanceof Http2HeadersFrame headers && headers.isEndStream()) {
        done(headers);
      } else if (frame instanceof Http2ResetFrame reset) {
        lost(reset);
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  // The window that its bytes took is given back with the end of the stream.
  private void data(Http2DataFrame data) throws IOException {
    Pending open = pending.get(data.stream());
    if (open != null) {
      open.append(data.content());
    }
  }

  private void done(Http2HeadersFrame headers) {
    Pending done = pending.remove(headers.stream());
    if (done != null) {
      done.complete(headers.headers());
    }
  }

  private void lost(Http2ResetFrame reset) {
    Pending lost = pending.remove(reset.stream());
    if (lost != null) {
      lost.answer.completeExceptionally(new EOFException("reset"));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(new EOFException("closed"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(cause);
    var _ = context.close();
  }

  private void fail(Throwable cause) {
    pending.values().forEach(each -> each.answer.completeExceptionally(cause));
    pending.clear();
  }
}
