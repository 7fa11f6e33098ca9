package dev.lateen.proxy.http;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterStats;
import dev.lateen.proxy.cluster.ClusterWorker;
import dev.lateen.proxy.cluster.Host;
import dev.lateen.proxy.cluster.LbContext;
import dev.lateen.proxy.cluster.StreamOptions;
import dev.lateen.proxy.cluster.StreamReady;
import dev.lateen.proxy.route.Authority;
import dev.lateen.proxy.route.MirrorPolicy;
import dev.lateen.proxy.stream.ProxyError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A copy of a request to another cluster, whose response nobody waits for. Begins when the whole request is here, so
/// that a slow client cannot hold it open. Counts for its cluster as other requests do.
///
/// Limits: a copy of more than `MAX_BYTES` is not sent; it may take as long as the request that it is a copy of.
///
/// Thread: event loop of the request.
final class Mirror implements StreamReady, ResponseListener, TimerWheel.Expiry {
    private static final int MAX_BYTES = 1 << 20;

    private final ClusterWorker cluster;
    private final RequestHead head;
    private final TimerWheel wheel;
    private final long timeoutNanos;
    private final TimerWheel.Deadline deadline = new TimerWheel.Deadline(this);
    private final ArrayDeque<ByteBuf> chunks = new ArrayDeque<>(2);
    private int bytes;
    private boolean abandoned;
    private @Nullable ClientStream stream;
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private long sentNanos;
    private boolean hasHead;
    private @Nullable Mirror next;

    /// @param timeoutNanos for the response, from the end of the request; 0 for any time
    private Mirror(ClusterWorker cluster, RequestHead head, TimerWheel wheel, long timeoutNanos) {
        this.cluster = cluster;
        this.head = head;
        this.wheel = wheel;
        this.timeoutNanos = timeoutNanos;
    }

    static void startAll(Forwarding forwarding) {
        List<MirrorPolicy> policies = forwarding.forward.mirrors();
        Mirror first = null;
        for (int index = 0; index < policies.size(); index++) {
            MirrorPolicy policy = policies.get(index);
            RequestPath path = forwarding.path;
            Cluster cluster = path.worker.manager.environment().clusters().get(policy.cluster());
            boolean drawn = (path.nextRandom() >>> 1) % policy.share().denominator()
                    < policy.share().numerator();
            if (cluster != null && drawn) {
                Mirror made = new Mirror(
                        cluster.on(path.loop()),
                        copy(path.head(), policy.hostSuffix()),
                        path.worker.wheel,
                        path.info().timeoutNanos);
                made.next = first;
                first = made;
            }
        }
        if (first == null) {
            return;
        }
        forwarding.body.mirror(first);
    }

    private static RequestHead copy(RequestHead head, boolean suffix) {
        String authority = head.authority();
        if (suffix) {
            int colon = Authority.portAt(authority);
            authority = colon < 0
                    ? authority + "-shadow"
                    : authority.substring(0, colon) + "-shadow" + authority.substring(colon);
        }
        return new RequestHead(
                head.version(),
                head.method(),
                head.scheme(),
                authority,
                head.path(),
                head.headers().copy());
    }

    /// Takes a copy of a piece of the body; the buffer stays the caller's.
    void send(ByteBuf data, boolean end) {
        if (next != null) {
            next.send(data, end);
        }
        if (abandoned) {
            return;
        }
        bytes += data.readableBytes();
        if (bytes > MAX_BYTES) {
            abandon();
            return;
        }
        if (data.isReadable()) {
            chunks.add(data.retainedDuplicate());
        }
        if (end) {
            start();
        }
    }

    private void start() {
        Host host = cluster.pick(LbContext.ANY);
        if (host == null) {
            stats().requests.responses.count(ProxyError.NO_HEALTHY_UPSTREAM.status());
            abandon();
            return;
        }
        cluster.newStream(host, StreamOptions.HTTP1, this);
    }

    /// The request will never be whole.
    void abandon() {
        if (!abandoned) {
            abandoned = true;
            ByteBuf chunk = chunks.poll();
            while (chunk != null) {
                chunk.release();
                chunk = chunks.poll();
            }
        }
        if (next != null) {
            next.abandon();
        }
    }

    @Override
    public void onReady(ClientConnection connection, Host host, boolean reused) {
        abandoned = true; // From here on the chunks belong to the stream.
        sentNanos = System.nanoTime();
        version = connection.version();
        if (timeoutNanos > 0) {
            wheel.set(deadline, sentNanos + timeoutNanos);
        }
        ClientStream opened = connection.open(head, chunks.isEmpty(), this);
        stream = opened;
        ByteBuf chunk = chunks.poll();
        while (chunk != null) {
            opened.sendData(chunk, chunks.isEmpty());
            chunk = chunks.poll();
        }
    }

    @Override
    public void onFailure(ProxyError error, String details) {
        stats().requests.responses.count(error.status());
        abandoned = false;
        Mirror rest = next;
        next = null;
        abandon();
        next = rest;
    }

    @Override
    public void onInformational(ResponseHead response) {}

    @Override
    public void onHead(ResponseHead response, boolean end) {
        hasHead = true;
        stats().requests.responses.count(response.status());
        if (end) {
            end();
        }
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        data.release();
        if (end) {
            end();
        }
    }

    @Override
    public void onTrailers(Headers trailers) {
        end();
    }

    private void end() {
        wheel.clear(deadline);
        stats().requests.time.recordNanos(System.nanoTime() - sentNanos);
    }

    @Override
    public void onReset(StreamReset reason, String details) {
        wheel.clear(deadline);
        stats().onReset(version, reason);
        countOwn(ProxyError.NO_HEALTHY_UPSTREAM.status());
    }

    @Override
    public void onDeadline(long nowNanos) {
        stats().requests.timeouts.increment();
        countOwn(504);
        ClientStream open = stream;
        if (open != null) {
            stats().onReset(version, StreamReset.LOCAL_CANCEL);
            open.reset(StreamReset.LOCAL_CANCEL);
        }
    }

    /// What the request would have been answered.
    private void countOwn(int status) {
        if (!hasHead) {
            stats().requests.responses.count(status);
        }
    }

    private ClusterStats stats() {
        return cluster.cluster().stats();
    }

    @Override
    public void onWritabilityChanged(boolean writable) {}
}
