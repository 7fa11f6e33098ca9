package dev.lateen.proxy.admin;

import dev.lateen.net.EventLoops;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.net.http1.Http1ServerConnection;
import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import dev.lateen.proxy.tls.DownstreamTlsContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// A small HTTP/1 server for admin pages, on the chores loop so that it never delays traffic.
///
/// Limits: 64 connections, of which the one unused longest makes room for another; heads of 16 KiB within 10 s;
/// bodies are thrown away.
///
/// Thread: any.
public final class AdminServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AdminServer.class.getName());
    private static final int MAX_CONNECTIONS = 64;
    private static final int BACKLOG = 128;
    private static final int MAX_HEAD = 16 * 1024;
    private static final HttpLimits LIMITS = new HttpLimits(
            MAX_HEAD,
            HttpLimits.DEFAULT.maxHeaderCount(),
            HttpLimits.DEFAULT.maxConcurrentStreams(),
            HttpLimits.DEFAULT.initialStreamWindowBytes(),
            HttpLimits.DEFAULT.initialConnectionWindowBytes(),
            HttpLimits.DEFAULT.bufferLimitBytes(),
            Duration.ofSeconds(10),
            true,
            HttpLimits.DEFAULT.maxResetStreamsPerSecond(),
            HttpLimits.DEFAULT.keepsSpelling());

    private final Listener listener;

    private AdminServer(Listener listener) {
        this.listener = listener;
    }

    /// Envoy's admin API.
    public static AdminServer start(EventLoops chores, SocketAddress address, AdminApi api) throws IOException {
        return bind(chores, address, api, Optional.empty());
    }

    /// The endpoints of Istio's agent.
    ///
    /// @param tls for connections that begin with it, of whoever may ask more than others; empty where nobody may
    public static AdminServer start(
            EventLoops chores, SocketAddress address, AgentApi api, Optional<DownstreamTlsContext> tls)
            throws IOException {
        return bind(chores, address, api, tls);
    }

    private static AdminServer bind(
            EventLoops chores, SocketAddress address, AdminPages pages, Optional<DownstreamTlsContext> tls)
            throws IOException {
        ListenOptions options = new ListenOptions(BACKLOG, 0, false, Optional.empty());
        AdminConnections connections = new AdminConnections(MAX_CONNECTIONS);
        return new AdminServer(Listener.bind(chores, address, options, new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                connections.opened(channel);
                Supplier<ChannelHandler> http = () ->
                        new Http1ServerConnection(LIMITS, connection -> new Requests(connection, connections, pages));
                channel.pipeline()
                        .addLast(tls.<ChannelHandler>map(context -> new PlainOrTls(context, http))
                                .orElseGet(http));
            }
        }));
    }

    public SocketAddress address() {
        return listener.address();
    }

    @Override
    public void close() {
        listener.close();
    }

    private record Requests(HttpConnection connection, AdminConnections connections, AdminPages pages)
            implements ServerHandler {
        @Override
        public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
            connections.used(connection.channel());
            Channel channel = connection.channel();
            boolean proven = channel.pipeline().get(SslHandler.class) != null;
            Exchange exchange = new Exchange(stream, pages, AdminRequest.of(head, channel.remoteAddress(), proven));
            if (end || head.method().equals("CONNECT")) { // after which no end would come
                exchange.answer();
            }
            return exchange;
        }

        @Override
        public void onRejected(int status, String details) {
            // The codec has answered.
        }

        @Override
        public void onClosed() {
            // Nothing is kept for a connection.
        }
    }

    private static final class Exchange implements StreamListener {
        private final ServerStream stream;
        private final AdminPages pages;
        private final AdminRequest request;
        private boolean answered;
        private Optional<PageStream> page = Optional.empty();

        Exchange(ServerStream stream, AdminPages pages, AdminRequest request) {
            this.stream = stream;
            this.pages = pages;
            this.request = request;
        }

        void answer() {
            if (answered) {
                return;
            }
            answered = true;
            try {
                pages.handle(
                        request,
                        reply -> stream.connection().channel().eventLoop().execute(() -> send(reply)));
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "admin page " + request.path() + " failed", e);
                send(AdminReply.text(500, "internal error\n"));
            }
        }

        private void send(AdminReply reply) {
            if (reply.writer().isPresent() && !request.method().equals("HEAD")) {
                stream.sendHead(new ResponseHead(reply.status(), headers(reply)), false);
                PageStream body = new PageStream(stream);
                page = Optional.of(body);
                Thread.ofVirtual().name("page").start(() -> write(reply.writer().get(), body));
                return;
            }
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            Headers headers = headers(reply);
            headers.add("content-length", Integer.toString(body.length));
            boolean bodiless = request.method().equals("HEAD") || body.length == 0;
            stream.sendHead(new ResponseHead(reply.status(), headers), bodiless);
            if (!bodiless) {
                stream.sendData(Unpooled.wrappedBuffer(body), true);
            }
        }

        private static Headers headers(AdminReply reply) {
            Headers headers = new Headers();
            headers.add("content-type", reply.contentType());
            headers.add("cache-control", "no-cache, max-age=0");
            headers.add("x-content-type-options", "nosniff");
            return headers;
        }

        private void write(AdminReply.Writer writer, PageStream body) {
            try {
                writer.writeTo(body);
                body.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "page {0} was not written to its end: {1}", request.path(), e);
                body.abort();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "admin page " + request.path() + " failed", e);
                body.abort();
            }
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            data.release();
            if (end) {
                answer();
            }
        }

        @Override
        public void onTrailers(Headers trailers) {
            answer();
        }

        @Override
        public void onReset(StreamReset reason, String details) {
            // An answer that comes later is ignored by the stream.
            page.ifPresent(PageStream::onGone);
        }

        @Override
        public void onWritabilityChanged(boolean writable) {
            if (writable) {
                page.ifPresent(PageStream::onWritable);
            }
        }
    }
}
