// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import dev.bulla.events.PluginEvents;
import dev.bulla.ops.Pages.Page;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers the first request of a connection, and closes it. */
final class OpsHandler extends SimpleChannelInboundHandler<HttpObject> {
  private final Pages pages;
  private final PluginEvents events;
  private boolean answered;

  OpsHandler(Pages pages, PluginEvents events) {
    this.pages = pages;
    this.events = events;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    // What follows the first head, a body or another request, is read and dropped.
    if (!answered && part instanceof HttpRequest request) {
      answered = true;
      answer(context, request);
    }
  }

  private void answer(ChannelHandlerContext context, HttpRequest request) {
    Page page = page(request);
    ByteBuf body = Unpooled.copiedBuffer(page.body(), StandardCharsets.UTF_8);
    var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, page.status(), body);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    var _ = context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  private Page page(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Pages.text(HttpResponseStatus.BAD_REQUEST, "not a request that is understood here");
    }
    if (!request.method().equals(HttpMethod.GET)) {
      return Pages.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET");
    }
    try {
      QueryStringDecoder query = new QueryStringDecoder(request.uri());
      return switch (query.path()) {
        case "/metrics" -> pages.metrics();
        case "/livez" -> Pages.live();
        case "/readyz" -> pages.ready(wantsJson(request, query));
        default ->
            Pages.text(HttpResponseStatus.NOT_FOUND, "there are /metrics, /livez and /readyz");
      };
    } catch (IllegalArgumentException _) {
      return Pages.text(HttpResponseStatus.BAD_REQUEST, "the query is not well-formed");
    } catch (RuntimeException e) {
      events.defect(e);
      return Pages.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "a defect; see the log");
    }
  }

  private static boolean wantsJson(HttpRequest request, QueryStringDecoder query) {
    String accept = request.headers().get(HttpHeaderNames.ACCEPT, "");
    return accept.contains("application/json")
        || query.parameters().getOrDefault("format", List.of()).contains("json");
  }

  // The peer's doing: nothing to tell.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
  }
}
