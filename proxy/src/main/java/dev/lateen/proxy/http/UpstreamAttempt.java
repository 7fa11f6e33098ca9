package dev.lateen.proxy.http;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.proxy.cluster.Host;
import dev.lateen.proxy.cluster.HostResult;
import dev.lateen.proxy.cluster.PendingStream;
import dev.lateen.proxy.cluster.RoutePriority;
import dev.lateen.proxy.cluster.StreamOptions;
import dev.lateen.proxy.cluster.StreamReady;
import dev.lateen.proxy.cluster.TcpOptions;
import dev.lateen.proxy.cluster.TcpReady;
import dev.lateen.proxy.route.Authority;
import dev.lateen.proxy.route.HostRewrite;
import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.stream.ClientSource;
import dev.lateen.proxy.stream.ProxyError;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.tracing.Span;
import dev.lateen.proxy.tracing.Tracer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One try at one upstream host: connect, forward, and take its response.
///
/// Thread: event loop of the request.
final class UpstreamAttempt implements StreamReady, ResponseListener {
    private final Forwarding forwarding;
    private final Host host;
    private @Nullable PendingStream pending;
    private @Nullable ClientStream stream;
    private @Nullable Span span;
    private final long startNanos = System.nanoTime();
    private boolean hasHead;
    private boolean ended;
    private boolean paused;

    UpstreamAttempt(Forwarding forwarding, Host host) {
        this.forwarding = forwarding;
        this.host = host;
    }

    // ---- Connect

    void start() {
        StreamInfo info = forwarding.path.info();
        info.upstreamHost = host.address();
        info.upstreamHostName = host.config().hostname();
        info.upstreamHostMetadata = host.config().metadata().namespaces();
        info.clusterMetadata = host.cluster().config().metadata().namespaces();
        info.upstreamPeer = host.peer();
        forgetTheOneBefore(info);
        startSpan();
        PendingStream waiting = Upgrades.endsHere(forwarding.path.head(), forwarding.forward.upgrades())
                ? forwarding.cluster.newTunnelEnd(host, forwarding.forward.priority(), tcpOptions(), new AtTheEnd())
                : forwarding.cluster.newStream(host, options(), this);
        if (stream == null && !ended) {
            pending = waiting;
        }
    }

    /// What is known once there is a connection is of this attempt's, or of none.
    private static void forgetTheOneBefore(StreamInfo info) {
        info.upstreamTlsSession = null;
        info.upstreamProtocol = null;
        info.upstreamLocal = null;
        info.upstreamPeerUri = null;
        info.upstreamEndNanos = 0;
        info.upstreamLastByteSentNanos = 0;
    }

    private void startSpan() {
        Tracer tracer = forwarding.path.worker.tracer;
        if (tracer != null) {
            span = tracer.startAttempt(forwarding.path.span(), forwarding.path.head(), forwarding.path.info());
        }
    }

    /// @param status of the response; 0 where there is none
    private void endSpan(int status) {
        Span recorded = span;
        Tracer tracer = forwarding.path.worker.tracer;
        if (recorded != null && tracer != null) {
            span = null;
            tracer.endAttempt(recorded, forwarding.path.info(), status);
        }
    }

    private StreamOptions options() {
        StreamOptions options = ofRequest();
        ClientSource source = forwarding.path.connection.facts.origin().source();
        if (source != null) {
            options = options.seenAs(source);
        }
        return host.proxyProtocol() == null ? options : options.from(forwarding.path.connection.facts.proxyHeader());
    }

    private TcpOptions tcpOptions() {
        return new TcpOptions(
                null,
                List.of(),
                host.proxyProtocol() == null ? null : forwarding.path.connection.facts.proxyHeader(),
                forwarding.path.connection.facts.origin().source());
    }

    /// Takes the connection that a tunnel which ends here leads to.
    private final class AtTheEnd implements TcpReady {
        @Override
        public void onReady(Channel channel, Host connected) {
            if (ended) {
                channel.close();
            } else {
                UpstreamAttempt.this.onReady(new TunnelTarget(channel), connected, false);
            }
        }

        @Override
        public void onFailure(ProxyError error, String details) {
            UpstreamAttempt.this.onFailure(error, details);
        }
    }

    private StreamOptions ofRequest() {
        RequestHead head = forwarding.path.head();
        RoutePriority priority = forwarding.forward.priority();
        boolean tunnel = Upgrades.isTunnel(head);
        boolean named = host.cluster().config().http().autoSni();
        if (priority == RoutePriority.DEFAULT && !tunnel && !named) {
            return head.version() == HttpVersion.HTTP_2 ? StreamOptions.HTTP2 : StreamOptions.HTTP1;
        }
        return new StreamOptions(
                priority,
                head.version(),
                tunnel && head.version() != HttpVersion.HTTP_2,
                named ? Authority.withoutPort(head.authority()).toLowerCase(Locale.ROOT) : null);
    }

    @Override
    public void onFailure(ProxyError error, String details) {
        pending = null;
        if (ended) {
            return;
        }
        ended = true;
        endSpan(0);
        if (!error.equals(ProxyError.OVERFLOW)) {
            host.recordResult(HostResult.LOCAL_FAILURE);
        }
        forwarding.onFailed(this, UpstreamFailure.of(error, details));
    }

    // ---- Forward

    @Override
    public void onReady(ClientConnection connection, Host connected, boolean reused) {
        pending = null;
        if (ended) {
            return;
        }
        Tally.begun(forwarding);
        StreamInfo info = forwarding.path.info();
        info.upstreamLocal = connection.channel().localAddress();
        info.upstreamMutualTls = host.mutualTls();
        info.upstreamProtocol = connection.version();
        UpstreamIdentity.note(connection, info);
        RequestHead head = forwarding.path.head();
        if (forwarding.forward.rewrites().host() instanceof HostRewrite.Endpoint
                && !host.config().hostname().isEmpty()) {
            RequestTarget.authority(
                    head,
                    host.config().hostname(),
                    forwarding.forward.rewrites().appendForwardedHost(),
                    forwarding.path.worker.config.router().tellsOriginal());
        }
        boolean headOnly = forwarding.body.isEmpty();
        info.upstreamFirstByteSentNanos = System.nanoTime();
        // What has come so far goes at once, also where it came before this attempt.
        info.upstreamLastByteSentNanos = forwarding.body.isEnded() ? info.upstreamFirstByteSentNanos : 0;
        info.upstreamEndNanos = 0;
        ClientStream opened = connection.open(Upgrades.forUpstream(head, connection.version()), headOnly, this);
        if (ended) {
            return;
        }
        stream = opened;
        if (!headOnly) {
            forwarding.body.connect(opened);
            if (!ended && opened.isWritable()) {
                forwarding.path.stream.resumeReading();
            }
        }
    }

    @Override
    public void onWritabilityChanged(boolean writable) {
        if (ended) {
            return;
        }
        if (writable) {
            forwarding.path.stream.resumeReading();
        } else {
            forwarding.path.stream.pauseReading();
        }
    }

    // ---- Respond

    @Override
    public void onInformational(ResponseHead head) {
        if (!ended
                && forwarding.path.worker.config.requests().forward100Continue()
                && !forwarding.path.responseStarted()) {
            forwarding.path.stream.sendInformational(head);
        }
    }

    @Override
    public void onHead(ResponseHead head, boolean end) {
        if (ended) {
            return;
        }
        hasHead = true;
        StreamInfo info = forwarding.path.info();
        info.upstreamHeadNanos = System.nanoTime();
        host.recordResult(HostResult.ofStatus(outlierStatus(head)));
        if (host.checkedActively() && head.headers().contains("x-envoy-immediate-health-check-fail")) {
            host.failCheckNow();
        }
        if (forwarding.retryInsteadOf(this, head)) {
            noteEnd(Integer.toString(head.status()));
            forwarding.cluster.cluster().stats().retriedResponses.count(head.status());
            endSpan(head.status());
            drop(end);
            return;
        }
        forwarding.statusOfResponse(head.status());
        if (end) {
            end();
        }
        forwarding.respond(head, end);
    }

    /// gRPC tells of failures in the trailers; those that come in the head count like their HTTP counterpart.
    private static int outlierStatus(ResponseHead head) {
        String grpc = head.headers().get("grpc-status");
        if (grpc == null || head.status() != 200) {
            return head.status();
        }
        return switch (grpc) {
            case "14" -> 503;
            case "4" -> 504;
            case "2", "13", "15" -> 500;
            default -> head.status();
        };
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        if (ended) {
            data.release();
            return;
        }
        if (end) {
            end();
        }
        forwarding.sendData(data, end);
    }

    @Override
    public void onTrailers(Headers trailers) {
        if (!ended) {
            end();
            forwarding.path.sendTrailers(trailers);
        }
    }

    private void end() {
        ended = true;
        StreamInfo info = forwarding.path.info();
        info.upstreamEndNanos = System.nanoTime();
        Tally.ended(forwarding, info.upstreamEndNanos - info.upstreamFirstByteSentNanos);
        endSpan(forwarding.statusOfResponse());
        // The request may still be on its way: nobody reads it any more.
        ClientStream open = stream;
        forwarding.body.disconnect();
        if (open != null && !forwarding.body.isEnded()) {
            open.reset(StreamReset.LOCAL_CANCEL);
        }
    }

    @Override
    public void onReset(StreamReset reason, String details) {
        if (ended) {
            return;
        }
        ended = true;
        endSpan(hasHead ? forwarding.statusOfResponse() : 0);
        countReset(reason);
        host.recordResult(HostResult.LOCAL_FAILURE);
        UpstreamFailure failure = UpstreamFailure.of(reason);
        if (hasHead) {
            forwarding.onBrokenOff(failure);
        } else {
            forwarding.onFailed(this, failure);
        }
    }

    /// Keeps how it went, since another attempt takes its place in the request's facts, or none.
    void noteEnd(String result) {
        forwarding
                .path
                .info()
                .evidence()
                .attempt(Addresses.text(host.address()), result, System.nanoTime() - startNanos);
    }

    // ---- Give up

    /// Ends the attempt from this side.
    ///
    /// @param timedOut whether the host was too slow
    void giveUp(boolean timedOut) {
        if (ended) {
            return;
        }
        if (timedOut) {
            host.recordResult(HostResult.LOCAL_TIMEOUT);
        }
        drop(false);
    }

    private void drop(boolean complete) {
        ended = true;
        endSpan(0);
        PendingStream waiting = pending;
        if (waiting != null) {
            pending = null;
            waiting.cancel();
        }
        ClientStream open = stream;
        if (open != null && !complete) {
            countReset(StreamReset.LOCAL_CANCEL);
            open.reset(StreamReset.LOCAL_CANCEL);
        }
    }

    private void countReset(StreamReset reason) {
        HttpVersion version = forwarding.path.info().upstreamProtocol;
        if (version != null) {
            forwarding.cluster.cluster().stats().onReset(version, reason);
        }
    }

    void pauseReading() {
        if (stream != null && !paused && !ended) {
            paused = true;
            stream.pauseReading();
        }
    }

    void resumeReading() {
        if (stream != null && paused && !ended) {
            paused = false;
            stream.resumeReading();
        }
    }

    boolean hasHead() {
        return hasHead;
    }

    boolean isEnded() {
        return ended;
    }
}
