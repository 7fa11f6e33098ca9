package dev.lateen.proxy.http;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.proxy.cluster.Cluster;
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
/// that a slow client cannot hold it open.
///
/// Limits: a copy of more than `MAX_BYTES` is not sent.
///
/// Thread: event loop of the request.
final class Mirror implements StreamReady, ResponseListener {
    private static final int MAX_BYTES = 1 << 20;

    private final ClusterWorker cluster;
    private final RequestHead head;
    private final ArrayDeque<ByteBuf> chunks = new ArrayDeque<>(2);
    private int bytes;
    private boolean abandoned;
    private @Nullable Mirror next;

    private Mirror(ClusterWorker cluster, RequestHead head) {
        this.cluster = cluster;
        this.head = head;
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
                Mirror made = new Mirror(cluster.on(path.loop()), copy(path.head(), policy.hostSuffix()));
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
        ClientStream stream = connection.open(head, chunks.isEmpty(), this);
        ByteBuf chunk = chunks.poll();
        while (chunk != null) {
            stream.sendData(chunk, chunks.isEmpty());
            chunk = chunks.poll();
        }
    }

    @Override
    public void onFailure(ProxyError error, String details) {
        abandoned = false;
        Mirror rest = next;
        next = null;
        abandon();
        next = rest;
    }

    @Override
    public void onInformational(ResponseHead response) {}

    @Override
    public void onHead(ResponseHead response, boolean end) {}

    @Override
    public void onData(ByteBuf data, boolean end) {
        data.release();
    }

    @Override
    public void onTrailers(Headers trailers) {}

    @Override
    public void onReset(StreamReset reason, String details) {}

    @Override
    public void onWritabilityChanged(boolean writable) {}
}
