package dev.lateen.proxy.http;

import com.google.protobuf.ByteString;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterWorker;
import dev.lateen.proxy.cluster.Host;
import dev.lateen.proxy.cluster.LbContext;
import dev.lateen.proxy.http.filter.DynamicForwardFilter;
import dev.lateen.proxy.http.filter.LocalReply;
import dev.lateen.proxy.http.filter.SessionFilter;
import dev.lateen.proxy.route.RetryPolicy;
import dev.lateen.proxy.route.RouteAction.DirectResponse;
import dev.lateen.proxy.route.RouteAction.Forward;
import dev.lateen.proxy.route.RouteAction.Redirect;
import dev.lateen.proxy.route.RouteAction.WeightedCluster;
import dev.lateen.proxy.route.RouteEntry;
import dev.lateen.proxy.stream.ProxyError;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import io.netty.buffer.ByteBuf;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// The router: what the route says is done; attempts at the upstream follow each other until one gives the response.
///
/// Thread: event loop of the request.
final class Forwarding implements LbContext {
    private static final String ATTEMPT_COUNT = "x-envoy-attempt-count";
    private static final long NANOS_PER_MILLI = 1_000_000;

    final RequestPath path;
    final RouteEntry entry;
    final Forward forward;
    final ClusterWorker cluster;
    final RequestBody body;
    private final @Nullable WeightedCluster weighted;
    private RetryState retries = RetryState.NEVER;
    private final boolean hasHash;
    private final long hash;
    private @Nullable UpstreamAttempt attempt;
    private TriedHosts tried = TriedHosts.NONE;
    private int responseStatus;
    private boolean retrying;
    private boolean closed;

    private Forwarding(
            RequestPath path,
            RouteEntry entry,
            Forward forward,
            ClusterWorker cluster,
            @Nullable WeightedCluster weighted,
            RequestBody body) {
        this.path = path;
        this.entry = entry;
        this.forward = forward;
        this.cluster = cluster;
        this.weighted = weighted;
        this.body = body;
        this.hasHash = HashKey.exists(forward.hash(), path);
        this.hash = hasHash ? HashKey.of(forward.hash(), path) : 0;
    }

    /// Does what the route says; null where that was an answer.
    static @Nullable Forwarding of(RequestPath path, RequestBody body) {
        RouteEntry entry = path.route();
        if (entry == null) {
            path.reply(LocalReply.of(404, "", ResponseFlag.NO_ROUTE_FOUND, "route_not_found"));
            return null;
        }
        return switch (entry.route().action()) {
            case DirectResponse(int status, ByteString content) -> {
                LocalReplies.direct(path, status, content);
                yield null;
            }
            case Redirect redirect -> {
                LocalReplies.redirect(
                        path, redirect.location(path.head(), entry.route().match()), redirect.status());
                yield null;
            }
            case Forward forward -> toCluster(path, entry, forward, body);
        };
    }

    private static @Nullable Forwarding toCluster(
            RequestPath path, RouteEntry entry, Forward forward, RequestBody body) {
        RequestHead head = path.head();
        WeightedCluster weighted = RequestTarget.weighted(forward.cluster(), head, path.random());
        String name = RequestTarget.cluster(forward.cluster(), weighted, head);
        Cluster cluster = name == null
                ? null
                : path.worker.manager.environment().clusters().get(name);
        path.info().clusterName = name;
        if (cluster == null) {
            path.reply(LocalReply.of(
                    forward.missingClusterStatus(), "", ResponseFlag.NO_CLUSTER_FOUND, "cluster_not_found"));
            return null;
        }
        return new Forwarding(path, entry, forward, cluster.on(path.loop()), weighted, body);
    }

    // ---- The phases

    void start() {
        RequestHead head = path.head();
        StreamInfo info = path.info();
        RequestTimeouts.prepare(
                path, forward, forward.retry().orElse(RetryPolicy.NONE).perTryNanos());
        if (weighted != null) {
            RequestTarget.change(head, forward, weighted, info);
        }
        entry.changeRequest(head, info);
        RequestTarget.rewrite(
                head, entry, forward, info, path.worker.config.router().tellsOriginal());
        retries = RetryState.of(forward, head.headers());
        if (retries.isPossible()) {
            long own = entry.route().bufferLimitBytes();
            body.keep(own >= 0 ? own : path.worker.config.limits().bufferLimitBytes() * 4L, retries::giveUp);
        }
        countAttempt();
        Mirror.startAll(this);
        if (path.requestEnded()) {
            startTimers();
        }
        tryUpstream();
    }

    void startTimers() {
        path.deadlines.response(path.info().timeoutNanos);
        startPerTry();
    }

    private void startPerTry() {
        long nanos = path.info().perTryTimeoutNanos;
        if (nanos > 0) {
            path.deadlines.perTry(nanos);
        }
    }

    private void countAttempt() {
        StreamInfo info = path.info();
        info.attempts++;
        if (entry.virtualHost().attemptCount().inRequest()) {
            path.head().headers().set(ATTEMPT_COUNT, ResponseHeaders.number(info.attempts));
        }
    }

    private void tryAgain() {
        countAttempt();
        RequestTimeouts.again(path, forward);
        tryUpstream();
    }

    /// One attempt: pick, admit and connect, forward.
    private void tryUpstream() {
        StreamInfo info = path.info();
        Host host = cluster.pick(this);
        if (host == null) {
            Findings.noHost(info, cluster.cluster());
            reply(
                    ProxyError.NO_HEALTHY_UPSTREAM.status(),
                    "no healthy upstream",
                    ResponseFlag.NO_HEALTHY_UPSTREAM,
                    "no_healthy_upstream");
            return;
        }
        if (retries.isPossible() && retries.policy().remembersHosts()) {
            tried = tried.with(host, retries.policy());
        }
        if (path.requestEnded() && info.attempts > 1) {
            startPerTry();
        }
        UpstreamAttempt made = new UpstreamAttempt(this, host);
        attempt = made;
        made.start();
    }

    // ---- What an attempt tells

    void statusOfResponse(int status) {
        responseStatus = status;
    }

    int statusOfResponse() {
        return responseStatus;
    }

    /// The final head has come. True where another attempt takes the place of this one.
    boolean retryInsteadOf(UpstreamAttempt one, ResponseHead head) {
        if (path.responseStarted()) {
            return false;
        }
        RetryState.Decision decision = retries.onHead(head, cluster, forward.priority());
        if (decision == RetryState.Decision.NO && path.info().attempts > 1) {
            Tally.retrySucceeded(this);
        }
        return retry(decision);
    }

    void respond(ResponseHead head, boolean end) {
        Headers headers = head.headers();
        StreamInfo info = path.info();
        body.keepNoLonger();
        endRetry();
        Tally.answered(this, head.status());
        path.deadlines.endPerTry();
        info.details = "via_upstream";
        info.status = head.status();
        if (!path.worker.config.router().suppressEnvoyHeaders() && info.requestEndNanos != 0) {
            long millis = (info.upstreamHeadNanos - info.requestEndNanos) / NANOS_PER_MILLI;
            headers.set("x-envoy-upstream-service-time", ResponseHeaders.number(Math.max(0, millis)));
        }
        if (entry.virtualHost().attemptCount().inResponse()) {
            headers.set(ATTEMPT_COUNT, ResponseHeaders.number(info.attempts));
        }
        if (weighted != null) {
            weighted.headers().response().applyTo(headers, info);
        }
        entry.changeResponse(headers, info);
        Upgrades.forDownstream(path.head(), head);
        path.sendHead(head, end);
    }

    /// The attempt is over before its response has begun.
    void onFailed(UpstreamAttempt one, UpstreamFailure failure) {
        body.disconnect();
        path.info().upstreamTransportFailure = failure.transport().isEmpty() ? null : failure.transport();
        one.noteEnd(failure.details(false));
        if (retry(retries.onFailure(failure, cluster, forward.priority()))) {
            return;
        }
        Findings.failure(path.info(), failure, cluster.cluster(), forward.priority());
        Headers headers = new Headers(4);
        if (failure.kind() == UpstreamFailure.Kind.OVERFLOW) {
            headers.add("x-envoy-overloaded", "true");
        }
        reply(failure.reply(path.info().attempts), headers);
    }

    /// The upstream broke off within its response.
    void onBrokenOff(UpstreamFailure failure) {
        Findings.failure(path.info(), failure, cluster.cluster(), forward.priority());
        path.info().flag(failure.flag());
        path.info().details = failure.details(true);
        path.abort();
    }

    private boolean retry(RetryState.Decision decision) {
        endRetry();
        return switch (decision) {
            case NO -> false;
            case LIMIT -> {
                Tally.retriesUsedUp(this);
                Findings.retriesUsedUp(path.info());
                yield false;
            }
            case OVERFLOW -> {
                Tally.retryOverflow(this);
                Findings.retryOverflow(path.info(), cluster.cluster(), forward.priority());
                yield false;
            }
            case YES -> {
                retrying = true;
                body.disconnect();
                attempt = null;
                path.deadlines.endPerTry();
                Tally.retried(this);
                long nanos = retries.policy().backOff().nanos(path.info().attempts, path.nextRandom());
                path.deadlines.backOff(nanos);
                yield true;
            }
        };
    }

    private void endRetry() {
        if (retrying) {
            retrying = false;
            cluster.endRetry(forward.priority());
        }
    }

    void onTimeout(Deadlines.Kind kind) {
        UpstreamAttempt current = attempt;
        if (kind == Deadlines.Kind.BACK_OFF) {
            tryAgain();
        } else if (kind == Deadlines.Kind.PER_TRY) {
            if (current != null && !current.hasHead()) {
                cluster.cluster().stats().perTryTimeouts.increment();
                current.giveUp(true);
                onFailed(current, UpstreamFailure.PER_TRY_TIMEOUT);
            }
        } else if (current == null || !current.isEnded()) {
            Tally.timedOut(this);
            if (current != null) {
                current.giveUp(true);
            }
            reply(504, "upstream request timeout", ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, "response_timeout");
        }
    }

    private void reply(int status, String text, ResponseFlag flag, String details) {
        reply(LocalReply.of(status, text, flag, details), new Headers(4));
    }

    private void reply(LocalReply reply, Headers headers) {
        if (entry.virtualHost().attemptCount().inResponse()) {
            headers.add(ATTEMPT_COUNT, ResponseHeaders.number(path.info().attempts));
        }
        if (!path.responseStarted()) {
            Tally.answered(this, reply.status());
        }
        path.reply(reply.with(headers));
    }

    void sendData(ByteBuf data, boolean end) {
        path.sendData(data, end);
        UpstreamAttempt current = attempt;
        if (!end && current != null && !path.stream.isWritable()) {
            current.pauseReading();
        }
    }

    void onDownstreamWritable(boolean writable) {
        UpstreamAttempt current = attempt;
        if (current == null) {
            return;
        }
        if (writable) {
            current.resumeReading();
        } else {
            current.pauseReading();
        }
    }

    /// The exchange is over, in whatever way.
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        endRetry();
        UpstreamAttempt current = attempt;
        if (current != null) {
            current.giveUp(false);
        }
    }

    // ---- What the load balancer asks

    @Override
    public long hash() {
        return hash;
    }

    @Override
    public boolean hasHash() {
        return hasHash;
    }

    @Override
    public @Nullable SocketAddress originalDestination() {
        return path.connection.facts.originalDestination();
    }

    @Override
    public @Nullable String destination() {
        return DynamicForwardFilter.destination(path);
    }

    @Override
    public @Nullable Wish wish() {
        return path.info().attempts > 1 ? null : SessionFilter.wish(path);
    }

    @Override
    public boolean wasTried(Host host) {
        return tried.avoids(host);
    }

    @Override
    public boolean avoidsPriorities() {
        return tried.avoidsPriorities();
    }

    @Override
    public boolean avoidsPriority(int priority) {
        return tried.avoidsPriority(priority);
    }

    @Override
    public int maxHostAttempts() {
        return tried.maxAttempts();
    }
}
