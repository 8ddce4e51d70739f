// SPDX-License-Identifier: Apache-2.0
package dev.bulla.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Which frames of the server mean something to {@link OwnCalls}. Confined to its channel's loop.
 */
final class OwnFrames extends Http2FrameAdapter {
  private final OwnCalls calls;

  OwnFrames(OwnCalls calls) {
    this.calls = calls;
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext context, int stream, ByteBuf content, int padding, boolean last)
      throws Http2Exception {
    int bytes = content.readableBytes() + padding;
    calls.data(context, stream, content, bytes);
    return bytes;
  }

  // The first headers of an answer say nothing that is wanted; the trailers have its status.
  @Override
  public void onHeadersRead(
      ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean last) {
    if (last) {
      calls.done(stream, headers);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context,
      int stream,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean last) {
    onHeadersRead(context, stream, headers, padding, last);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext context, int stream, long error) {
    calls.lost(stream);
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
    calls.acknowledge(context);
  }

  @Override
  public void onPingRead(ChannelHandlerContext context, long data) {
    calls.answerPing(context, data);
  }
}
