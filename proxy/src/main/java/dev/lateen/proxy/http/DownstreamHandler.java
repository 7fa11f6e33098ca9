package dev.lateen.proxy.http;

import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.overload.OverloadConfig.Timer;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import java.security.cert.X509Certificate;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// One downstream HTTP connection: what its requests share, and its own time limits.
///
/// Thread: event loop of its channel.
final class DownstreamHandler implements ServerHandler, TimerWheel.Expiry, DownstreamConnection.Holder {
    final HttpWorker worker;
    final DownstreamConnection facts;
    final HttpConnection connection;
    final boolean tls;
    final @Nullable X509Certificate certificate;
    private final TimerWheel.Deadline deadline = new TimerWheel.Deadline(this);
    private final long openedNanos = System.nanoTime();
    private long idleSinceNanos = openedNanos;
    private final OpenRequests active = new OpenRequests();
    private long requests;
    private boolean drained;
    private @Nullable String forwardedCertificate;
    private @Nullable IdentityHashMap<Object, Object> states;

    DownstreamHandler(HttpWorker worker, DownstreamConnection facts, HttpConnection connection) {
        this.worker = worker;
        this.facts = facts;
        this.connection = connection;
        this.tls = connection.tls() != null;
        this.certificate = facts.peerCertificate();
        facts.holder(this);
        worker.opened();
        arm();
    }

    /// This connection's element of `x-forwarded-client-cert`; made once.
    String forwardedCertificate(X509Certificate certificate) {
        String made = forwardedCertificate;
        if (made == null) {
            made = ForwardedCertificate.element(
                    certificate,
                    facts.localUri(),
                    worker.config.requests().certificate().shown());
            forwardedCertificate = made;
        }
        return made;
    }

    /// What a filter keeps for this connection; null where nothing was put.
    @Nullable
    Object state(Object key) {
        return states == null ? null : states.get(key);
    }

    void state(Object key, Object value) {
        if (states == null) {
            states = new IdentityHashMap<>(4);
        }
        states.put(key, value);
    }

    @Override
    public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
        if (worker.manager.draining()) {
            drain();
        }
        if (worker.overload.endsConnection(worker.random())) {
            worker.manager.stats().overloadEnds().increment();
            drain();
        }
        if (connection.version() == HttpVersion.HTTP_2 && worker.overload.leavesHttp2(worker.random())) {
            drain();
        }
        long most = worker.config.times().maxRequests();
        if (++requests == most) {
            worker.manager.stats().maxRequests().increment();
            drain();
        }
        RequestPath path = new RequestPath(this, stream, head);
        active.add(path);
        path.start(end);
        return path;
    }

    /// Whether what has come is not to be worked on; the connection ends then.
    boolean abortsDispatch() {
        if (connection.version() == HttpVersion.HTTP_2 || !worker.overload.abortsHttp1(worker.random())) {
            return false;
        }
        worker.manager.stats().overloaded().increment();
        drain();
        return true;
    }

    void onRequestEnded(RequestPath path, long nowNanos) {
        active.remove(path);
        idleSinceNanos = nowNanos;
    }

    @Override
    public long heldBytes() {
        return active.heldBytes();
    }

    @Override
    public void shed() {
        active.shed();
    }

    @Override
    public void onRejected(int status, String details) {
        StreamInfo info = newInfo();
        info.status = status;
        info.details = details;
        info.flag(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
        info.endNanos = info.startNanos;
        worker.stats.started();
        worker.stats.ended(status, 0);
        for (AccessLogger logger : worker.loggers) {
            logger.log(info);
        }
    }

    @Override
    public void onClosed() {
        worker.wheel.clear(deadline);
        worker.closed();
    }

    StreamInfo newInfo() {
        StreamInfo info = new StreamInfo();
        info.startNanos = System.nanoTime();
        info.startEpochMillis = System.currentTimeMillis();
        facts.describe(info);
        return info;
    }

    void drain() {
        if (!drained) {
            drained = true;
            connection.drain();
        }
    }

    @Override
    public void onDeadline(long nowNanos) {
        HttpConnectionManagerConfig.Times times = worker.config.times();
        boolean old = times.connectionNanos() > 0
                && nowNanos - openedNanos >= worker.overload.shortened(Timer.CONNECTION_MAX, times.connectionNanos());
        boolean idle = active.isEmpty()
                && times.connectionIdleNanos() > 0
                && nowNanos - idleSinceNanos
                        >= worker.overload.shortened(Timer.CONNECTION_IDLE, times.connectionIdleNanos());
        if (idle || old) {
            drain();
        }
        if (!drained) {
            arm();
        }
    }

    private void arm() {
        HttpConnectionManagerConfig.Times times = worker.config.times();
        long at = Long.MAX_VALUE;
        if (times.connectionIdleNanos() > 0) {
            long base = active.isEmpty() ? idleSinceNanos : System.nanoTime();
            at = worker.overload.lookAt(Timer.CONNECTION_IDLE, base, times.connectionIdleNanos());
        }
        if (times.connectionNanos() > 0) {
            at = Math.min(at, worker.overload.lookAt(Timer.CONNECTION_MAX, openedNanos, times.connectionNanos()));
        }
        if (at != Long.MAX_VALUE) {
            worker.wheel.set(deadline, at);
        }
    }
}
