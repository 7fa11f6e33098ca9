package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import io.netty.channel.EventLoop;

/// Istio's standard metrics of one reporter.
///
/// Thread: any; `Worker`: its event loop.
public final class IstioMetrics {
    public enum Reporter {
        /// Of outgoing requests, by the client's sidecar or a gateway.
        SOURCE("source"),
        /// Of incoming requests, by the server's sidecar.
        DESTINATION("destination");

        private final String label;

        Reporter(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /// @param local the workload that this proxy serves
    public IstioMetrics(Stats stats, Reporter reporter, PeerInfo local) {
        this.stats = stats;
        this.reporter = reporter;
        this.local = local;
    }

    private final Stats stats;
    private final Reporter reporter;
    private final PeerInfo local;

    public Worker on(EventLoop loop) {
        throw new UnsupportedOperationException(stats + " " + reporter + local + loop);
    }

    /// Metrics as one event loop writes them.
    public interface Worker {
        /// At the end of a request.
        void request(StreamInfo info, DestinationService service);

        /// When a TCP connection has its upstream.
        void tcpOpened(StreamInfo info, DestinationService service);

        /// At its end; counts bytes too.
        void tcpClosed(StreamInfo info, DestinationService service);
    }
}
