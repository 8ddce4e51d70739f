// SPDX-License-Identifier: Apache-2.0
package dev.bulla.client;

import static io.netty.handler.codec.http2.Http2CodecUtil.CONNECTION_STREAM_ID;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls under way on one connection. Frames are written and read as they are, by what the server
 * does it with: a client's codec keeps streams and windows, which these short calls have no use
 * for, and is nearly twice the work. Confined to its channel's loop.
 */
final class OwnCalls extends ByteToMessageDecoder {
  /** Of a message before its bytes: not compressed, and its length (gRPC over HTTP/2). */
  static final int PREFIX_BYTES = 5;

  /** Beyond any answer of the plugin. */
  private static final int MAX_BYTES = 16 * 1_024;

  /** gRPC's UNKNOWN, for an answer without a status. */
  private static final int UNKNOWN = 2;

  private static final int NO_PADDING = 0;

  private final Map<Integer, Pending> pending = new HashMap<>();
  private final DefaultHttp2FrameReader reader = new DefaultHttp2FrameReader(false);
  private final DefaultHttp2FrameWriter writer = new DefaultHttp2FrameWriter();
  private final OwnFrames frames = new OwnFrames(this);
  private @Nullable ChannelHandlerContext self;
  // Odd ones are a client's; each is used once, and the last ends the connection (RFC 9113, 5.1.1).
  private int nextStream = 1;

  private record Pending(ByteArrayOutputStream message, CompletableFuture<OwnAnswer> answer) {
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
  public void channelActive(ChannelHandlerContext context) {
    self = context;
    var _ = context.write(Http2CodecUtil.connectionPrefaceBuf());
    Http2Settings settings = new Http2Settings().pushEnabled(false);
    var _ = writer.writeSettings(context, settings, context.newPromise());
    context.flush();
  }

  /** Sends a call; {@code message} is released once it is written. */
  void send(Http2Headers headers, ByteBuf message, CompletableFuture<OwnAnswer> answer) {
    ChannelHandlerContext context = self;
    if (context == null || !context.channel().isActive() || nextStream < 0) {
      message.release();
      answer.completeExceptionally(new EOFException("closed"));
      return;
    }
    int stream = nextStream;
    nextStream += 2;
    pending.put(stream, new Pending(new ByteArrayOutputStream(), answer));
    var _ = writer.writeHeaders(context, stream, headers, NO_PADDING, false, context.newPromise());
    var _ = writer.writeData(context, stream, message, NO_PADDING, true, context.newPromise());
    context.flush();
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Http2Exception {
    reader.readFrame(context, in, frames);
  }

  // The connection's window is opened again with what is sent next; a stream's is never used up.
  void data(ChannelHandlerContext context, int stream, ByteBuf content, int bytes)
      throws Http2Exception {
    Pending open = pending.get(stream);
    if (open != null) {
      append(open.message, content);
    }
    if (bytes > 0) {
      var _ = writer.writeWindowUpdate(context, CONNECTION_STREAM_ID, bytes, context.newPromise());
    }
  }

  private static void append(ByteArrayOutputStream message, ByteBuf content) throws Http2Exception {
    if (message.size() + content.readableBytes() > MAX_BYTES) {
      throw new Http2Exception(Http2Error.ENHANCE_YOUR_CALM, "an answer is too long");
    }
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    message.writeBytes(bytes);
  }

  void done(int stream, Http2Headers trailers) {
    Pending done = pending.remove(stream);
    if (done != null) {
      done.complete(trailers);
    }
  }

  void lost(int stream) {
    Pending lost = pending.remove(stream);
    if (lost != null) {
      lost.answer.completeExceptionally(new EOFException("reset"));
    }
  }

  void acknowledge(ChannelHandlerContext context) {
    var _ = writer.writeSettingsAck(context, context.newPromise());
    context.flush();
  }

  void answerPing(ChannelHandlerContext context, long data) {
    var _ = writer.writePing(context, true, data, context.newPromise());
    context.flush();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    reader.close();
    writer.close();
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
