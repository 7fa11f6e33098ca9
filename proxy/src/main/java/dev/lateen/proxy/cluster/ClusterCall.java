package dev.lateen.proxy.cluster;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.proxy.stream.ProxyError;
import dev.lateen.proxy.telemetry.RequestStats;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A request that the proxy itself makes of a cluster, whose whole answer it wants: keys of an issuer, a verdict of an
/// authorization server. One attempt.
///
/// Limits: an answer longer than asked for is a failure. Thread: one event loop.
public final class ClusterCall implements StreamReady, ResponseListener {
    /// Takes the answer, or the news that there is none; exactly one call, which may come before `send` has returned.
    public interface Answer {
        /// @param headers of the answer, with its trailers
        void onAnswer(int status, Headers headers, byte[] body);

        /// @param reason for logs and access logs
        void onFailure(String reason, boolean timedOut);
    }

    private final ClusterWorker cluster;
    private final RequestHead head;
    private final byte[] body;
    private final int maxBytes;
    private final Answer answer;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream(256);
    private PendingStream pending = PendingStream.DONE;
    private @Nullable Future<?> timer;
    private @Nullable Host host;
    private @Nullable ClientStream stream;
    private @Nullable ResponseHead response;
    private long startNanos;
    private boolean ended;

    private ClusterCall(ClusterWorker cluster, RequestHead head, byte[] body, int maxBytes, Answer answer) {
        this.cluster = cluster;
        this.head = head;
        this.body = body;
        this.maxBytes = maxBytes;
        this.answer = answer;
    }

    /// Starts a call.
    ///
    /// @param body of the request; empty for none
    /// @param timeout for all of it; zero means none
    /// @param maxBytes of the answer's body
    public static ClusterCall send(
            ClusterWorker cluster, RequestHead head, byte[] body, Duration timeout, int maxBytes, Answer answer) {
        ClusterCall call = new ClusterCall(cluster, head, body, maxBytes, answer);
        call.start(cluster.loop(), timeout);
        return call;
    }

    private void start(EventLoop loop, Duration timeout) {
        startNanos = System.nanoTime();
        Host picked = cluster.pick(LbContext.ANY);
        if (picked == null) {
            fail(ProxyError.NO_HEALTHY_UPSTREAM.name(), false);
            return;
        }
        host = picked;
        if (!timeout.isZero()) {
            timer = loop.schedule(this::onTimeout, timeout.toNanos(), TimeUnit.NANOSECONDS);
        }
        PendingStream waiting = cluster.newStream(picked, options(cluster), this);
        if (stream == null && !ended) {
            pending = waiting;
        }
    }

    /// What the connections of calls have in common.
    static StreamOptions options(ClusterWorker cluster) {
        return cluster.cluster().config().http().protocol() == HttpOptions.Protocol.HTTP2
                ? StreamOptions.HTTP2
                : StreamOptions.HTTP1;
    }

    /// Gives up; no callback will come.
    public void cancel() {
        if (!ended) {
            end();
            dropStream();
        }
    }

    private void end() {
        ended = true;
        if (timer != null) {
            timer.cancel(false);
        }
        pending.cancel();
    }

    private void dropStream() {
        if (stream != null) {
            stream.reset(StreamReset.LOCAL_CANCEL);
        }
    }

    private void fail(String reason, boolean timedOut) {
        end();
        answer.onFailure(reason, timedOut);
    }

    private void record(HostResult result) {
        if (host != null) {
            host.recordResult(result);
        }
    }

    private void onTimeout() {
        if (!ended) {
            record(HostResult.LOCAL_TIMEOUT);
            end();
            dropStream();
            answer.onFailure("timeout", true);
        }
    }

    @Override
    public void onReady(ClientConnection connection, Host connected, boolean reused) {
        pending = PendingStream.DONE;
        if (ended) {
            return;
        }
        ClientStream opened = connection.open(head, body.length == 0, this);
        if (ended) {
            return;
        }
        stream = opened;
        if (body.length > 0) {
            opened.sendData(Unpooled.wrappedBuffer(body), true);
        }
    }

    @Override
    public void onFailure(ProxyError error, String details) {
        pending = PendingStream.DONE;
        if (!ended) {
            record(HostResult.LOCAL_FAILURE);
            fail(details.isEmpty() ? error.name() : error.name() + ": " + details, false);
        }
    }

    @Override
    public void onInformational(ResponseHead informational) {}

    @Override
    public void onHead(ResponseHead head, boolean end) {
        response = head;
        if (end) {
            finish();
        }
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        try {
            if (ended) {
                return;
            }
            if (received.size() + data.readableBytes() > maxBytes) {
                record(HostResult.SERVER_ERROR);
                end();
                dropStream();
                answer.onFailure("the answer is longer than " + maxBytes + " bytes", false);
                return;
            }
            data.readBytes(received, data.readableBytes());
        } catch (IOException e) {
            throw new IllegalStateException("an array took no bytes", e);
        } finally {
            data.release();
        }
        if (end) {
            finish();
        }
    }

    @Override
    public void onTrailers(Headers trailers) {
        if (response != null) {
            response.headers().addAll(trailers);
        }
        finish();
    }

    private void finish() {
        ResponseHead head = response;
        if (ended || head == null) {
            return;
        }
        record(HostResult.ofStatus(head.status()));
        RequestStats stats = cluster.cluster().stats().requests;
        stats.responses.count(head.status());
        stats.time.recordNanos(System.nanoTime() - startNanos);
        end();
        answer.onAnswer(head.status(), head.headers(), received.toByteArray());
    }

    @Override
    public void onReset(StreamReset reason, String details) {
        if (!ended) {
            record(HostResult.LOCAL_FAILURE);
            fail("reset: " + (details.isEmpty() ? reason.name() : details), false);
        }
    }

    @Override
    public void onWritabilityChanged(boolean writable) {}
}
