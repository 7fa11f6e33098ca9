package dev.lateen.proxy.tcp;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.proxy.cluster.Host;
import dev.lateen.proxy.cluster.StreamReady;
import dev.lateen.proxy.stream.ProxyError;
import dev.lateen.proxy.stream.StreamInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The end of a relay that is a stream of HTTP: asks the proxy upstream for a tunnel, by CONNECT or POST, waits for its
/// answer, and carries bytes from then on. Streams of HTTP/2 share connections; one of HTTP/1.1 has its own.
///
/// Limits: the cluster's connect timeout for the answer; what the codecs hold against any peer.
///
/// Source: RFC 9110 §9.3.6, RFC 9113 §8.5.
///
/// Thread: event loop of both ends.
final class Tunnel implements StreamReady, ResponseListener, RelayEnd {
    static final Pattern AUTHORITY = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):[0-9]{1,5}");

    /// What became of the question. Exactly one call, unless the tunnel is closed before.
    interface Outcome {
        void onTunnel(Tunnel tunnel, Channel channel, Host host);

        void onFailure(ProxyError error, String details);
    }

    private final TunnelConfig config;
    private final StreamInfo info;
    private final Outcome outcome;
    private final Owner owner;
    private @Nullable ClientStream stream;
    private @Nullable Host host;
    private @Nullable RelayEnd other;
    private @Nullable Future<?> timer;
    private boolean asking = true;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean gone;

    Tunnel(TunnelConfig config, StreamInfo info, Outcome outcome, Owner owner) {
        this.config = config;
        this.info = info;
        this.outcome = outcome;
        this.owner = owner;
    }

    // ---- The question

    @Override
    public void onReady(ClientConnection connection, Host found, boolean reused) {
        if (gone) {
            return;
        }
        host = found;
        String destination = config.destination().render(info);
        if (!AUTHORITY.matcher(destination).matches()) {
            refuse("tunnel destination is not host:port");
            return;
        }
        boolean tls = connection.tls() != null;
        RequestHead head = new RequestHead(
                connection.version(),
                config.post() ? "POST" : "CONNECT",
                tls ? "https" : "http",
                destination,
                config.post() ? config.path() : "",
                new Headers());
        config.headers().applyTo(head, info);
        ClientStream opened = connection.open(head, false, this);
        if (gone) {
            return;
        }
        stream = opened;
        timer = connection
                .channel()
                .eventLoop()
                .schedule(
                        () -> refuse("no answer to the question for a tunnel in time"),
                        found.cluster().config().connections().connectTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void onFailure(ProxyError error, String details) {
        if (!gone) {
            gone = true;
            outcome.onFailure(error, details);
        }
    }

    // ---- The answer

    @Override
    public void onInformational(ResponseHead head) {}

    /// As Envoy has it: HTTP/1.1 grants by any 2xx, HTTP/2 by 200 alone.
    @Override
    public void onHead(ResponseHead head, boolean end) {
        ClientStream open = stream;
        Host found = host;
        if (gone || open == null || found == null) {
            return;
        }
        int status = head.status();
        boolean granted = status == 200 || (isHttp1(open) && status > 200 && status < 300);
        if (end || !granted) {
            refuse("tunnel_response:" + status);
            return;
        }
        stopTimer();
        asking = false;
        outcome.onTunnel(this, open.connection().channel(), found);
    }

    private static boolean isHttp1(ClientStream open) {
        return open.connection().version() != HttpVersion.HTTP_2;
    }

    private void refuse(String details) {
        if (!gone) {
            drop();
            outcome.onFailure(ProxyError.CONNECT_FAILURE, details);
        }
    }

    @Override
    public void onReset(StreamReset reason, String details) {
        if (gone) {
            return;
        }
        gone = true;
        stopTimer();
        if (asking) {
            outcome.onFailure(ProxyError.CONNECT_FAILURE, "");
        } else {
            // Also where only the connection ended: without its last frame the stream is not whole.
            owner.onClosed(false, !inputEnded);
        }
    }

    // ---- From the tunnel

    @Override
    public void connect(RelayEnd target) {
        other = target;
        read(target.isWritable());
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        RelayEnd target = other;
        if (gone || target == null) {
            data.release();
            return;
        }
        inputEnded = end;
        if (data.isReadable()) {
            forward(target, data);
        } else {
            data.release();
        }
        if (end) {
            onInputEnded(target);
        }
    }

    private void forward(RelayEnd target, ByteBuf data) {
        owner.onBytes(false, data.readableBytes());
        if (target.write(data)) {
            target.flush();
            if (!target.isWritable()) {
                read(false);
            }
        }
    }

    @Override
    public void onTrailers(Headers trailers) {
        RelayEnd target = other;
        inputEnded = true;
        if (!gone && target != null) {
            onInputEnded(target);
        }
    }

    private void onInputEnded(RelayEnd target) {
        target.endOutput();
        ClientStream open = stream;
        // A message of HTTP/1.1 that is answered in full takes no more of its body.
        if (config.post() && open != null && isHttp1(open)) {
            gone = true;
            owner.onClosed(false, false);
        }
    }

    @Override
    public void read(boolean wanted) {
        ClientStream open = stream;
        if (gone || inputEnded || open == null) {
            return;
        }
        if (wanted) {
            open.resumeReading();
        } else {
            open.pauseReading();
        }
    }

    // ---- Into the tunnel

    @Override
    public boolean write(ByteBuf bytes) {
        ClientStream open = stream;
        if (gone || outputEnded || open == null) {
            bytes.release();
        } else {
            open.sendData(bytes, false);
        }
        return true;
    }

    /// The codec's own, once in a turn of the event loop.
    @Override
    public void flush() {}

    @Override
    public boolean isWritable() {
        ClientStream open = stream;
        return gone || open == null || open.isWritable();
    }

    @Override
    public void onWritabilityChanged(boolean writable) {
        RelayEnd source = other;
        if (!gone && source != null) {
            source.read(writable);
        }
    }

    @Override
    public void endOutput() {
        ClientStream open = stream;
        if (gone || outputEnded || open == null) {
            return;
        }
        outputEnded = true;
        open.sendData(Unpooled.EMPTY_BUFFER, true);
        if (inputEnded) {
            gone = true;
            owner.onClosed(false, false);
        }
    }

    // ---- The end

    /// A stream that has ended in one direction only cannot end in peace.
    @Override
    public void closeWhenFlushed() {
        abort();
    }

    @Override
    public void abort() {
        if (!gone) {
            drop();
        }
    }

    private void drop() {
        gone = true;
        stopTimer();
        ClientStream open = stream;
        if (open != null && !(inputEnded && outputEnded)) {
            open.reset(StreamReset.LOCAL_CANCEL);
        }
    }

    private void stopTimer() {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
    }
}
