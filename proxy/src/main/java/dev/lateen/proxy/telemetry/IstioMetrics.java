package dev.lateen.proxy.telemetry;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.expression.Expression;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.GrpcStatus;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Istio's standard metrics of one reporter: `istio_requests_total`, `istio_request_duration_milliseconds`,
/// `istio_request_bytes`, `istio_response_bytes`, `istio_request_messages_total`, `istio_response_messages_total` and
/// `istio_tcp_…`.
///
/// Differs: sizes are those of bodies, without heads.
///
/// Limits: a value that a peer chooses counts as `other` above 256 characters.
///
/// Thread: any; `Worker`: its event loop.
public final class IstioMetrics {
    private static final String UNKNOWN = "unknown";
    private static final String OTHER = "other";
    private static final int MAX_VALUE = 256;

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

    private final Reporter reporter;
    private final SeriesBudget budget;
    private final SeriesTable<IstioSeries.Requests> allRequests;
    private final SeriesTable<IstioSeries.Connections> allConnections;
    private final IstioLabels labels;
    private final MetricsConfig config;
    private final Surroundings around;
    private volatile EventLoopWorker[] workers = {};

    /// @param local the workload that this proxy serves
    public IstioMetrics(Stats stats, Reporter reporter, PeerInfo local) {
        this(stats, reporter, local, MetricsConfig.STANDARD, Surroundings.NONE);
    }

    IstioMetrics(Stats stats, Reporter reporter, PeerInfo local, MetricsConfig config, Surroundings around) {
        this.reporter = reporter;
        this.budget = stats.istio().budget();
        this.allRequests = stats.istio().newRequests();
        this.allConnections = stats.istio().newConnections();
        this.labels = new IstioLabels(reporter, local, config);
        this.config = config;
        this.around = around;
    }

    /// Call on that loop.
    @SuppressWarnings("ReferenceEquality") // loops are objects of their own
    public Worker on(EventLoop loop) {
        for (EventLoopWorker worker : workers) {
            if (worker.loop == loop) {
                return worker;
            }
        }
        return addWorker(loop);
    }

    /// For one thread that is no event loop; ask once.
    public Worker onOwnThread() {
        return new EventLoopWorker(null);
    }

    private synchronized Worker addWorker(EventLoop loop) {
        EventLoopWorker worker = new EventLoopWorker(loop);
        EventLoopWorker[] more = Arrays.copyOf(workers, workers.length + 1);
        more[workers.length] = worker;
        workers = more;
        return worker;
    }

    /// How often open TCP connections tell of their bytes.
    public Duration tcpReporting() {
        return config.tcpReporting();
    }

    /// Metrics as one event loop writes them.
    public interface Worker {
        /// At the end of a request.
        void request(StreamInfo info, DestinationService service);

        /// When a TCP connection has its upstream.
        void tcpOpened(StreamInfo info, DestinationService service);

        /// While it is open: counts the bytes since it was last told.
        void tcpBytes(StreamInfo info, DestinationService service);

        /// At its end; counts bytes too.
        void tcpClosed(StreamInfo info, DestinationService service);
    }

    private final class EventLoopWorker implements Worker {
        private final @Nullable EventLoop loop;
        private final SeriesKey key = new SeriesKey(config.expressions().size());
        private final Map<SeriesKey, IstioSeries.Requests> requests = new HashMap<>();
        private final Map<SeriesKey, IstioSeries.Connections> connections = new HashMap<>();
        /// As many as we have taken notice of.
        private long evictions;

        EventLoopWorker(@Nullable EventLoop loop) {
            this.loop = loop;
        }

        @Override
        public void request(StreamInfo info, DestinationService service) {
            boolean grpc = isGrpc(info);
            fill(info, service);
            key.protocol = grpc ? "grpc" : "http";
            key.status = info.status;
            key.grpcStatus = grpc ? GrpcStatus.of(info) : -1;
            evaluate(info);
            IstioSeries.Requests series = requests.get(key);
            if (series == null || series.retired()) {
                series = newRequests(grpc);
            }
            long nanos = Math.max(0, info.endNanos - info.startNanos);
            series.total.increment();
            series.duration.recordNanos(nanos);
            if (info.traceSampled && info.traceId != null && Exemplar.isFine(info.traceId)) {
                series.duration.exemplar(nanos, info.traceId, info.startEpochMillis);
            }
            series.requestBytes.record(info.bytesReceived);
            series.responseBytes.record(info.bytesSent);
            if (grpc) {
                series.requestMessages.add(info.requestMessages);
                series.responseMessages.add(info.responseMessages);
            }
        }

        @Override
        public void tcpOpened(StreamInfo info, DestinationService service) {
            connection(info, service).opened.increment();
        }

        @Override
        public void tcpClosed(StreamInfo info, DestinationService service) {
            IstioSeries.Connections series = connection(info, service);
            series.closed.increment();
            bytes(info, series);
        }

        @Override
        public void tcpBytes(StreamInfo info, DestinationService service) {
            if (info.bytesSent != info.countedSent || info.bytesReceived != info.countedReceived) {
                bytes(info, connection(info, service));
            }
        }

        private static void bytes(StreamInfo info, IstioSeries.Connections series) {
            series.sentBytes.add(info.bytesSent - info.countedSent);
            series.receivedBytes.add(info.bytesReceived - info.countedReceived);
            info.countedSent = info.bytesSent;
            info.countedReceived = info.bytesReceived;
        }

        private IstioSeries.Connections connection(StreamInfo info, DestinationService service) {
            fill(info, service);
            key.protocol = "tcp";
            key.status = 0;
            key.grpcStatus = -1;
            evaluate(info);
            IstioSeries.Connections series = connections.get(key);
            return series == null || series.retired() ? newConnections() : series;
        }

        private void fill(StreamInfo info, DestinationService service) {
            key.service = service;
            key.host = host(info, service);
            key.flags = info.flagsText();
            switch (reporter) {
                case SOURCE -> {
                    key.peer = info.upstreamPeer;
                    key.security = UNKNOWN;
                    key.sourcePrincipal = orUnknown(info.upstreamLocalUri);
                    key.destinationPrincipal = orUnknown(info.upstreamPeerUri);
                }
                case DESTINATION -> {
                    key.peer = info.downstreamPeer;
                    key.security = info.downstreamMutualTls ? "mutual_tls" : "none";
                    key.sourcePrincipal = orUnknown(info.downstreamPeerUri);
                    key.destinationPrincipal = orUnknown(info.downstreamLocalUri);
                }
            }
        }

        private void evaluate(StreamInfo info) {
            List<Expression> expressions = config.expressions();
            for (int index = 0; index < expressions.size(); index++) {
                String value = expressions.get(index).text(info, around);
                key.custom[index] = value == null ? UNKNOWN : bounded(value);
            }
        }

        /// Only clients take the authority for the service: a server would let its callers name it.
        private String host(StreamInfo info, DestinationService service) {
            if (!service.host().isEmpty()) {
                return service.host();
            }
            return reporter == Reporter.SOURCE
                            && config.hostFallback()
                            && info.request != null
                            && !info.request.authority().isEmpty()
                    ? bounded(info.request.authority())
                    : UNKNOWN;
        }

        /// Folds the key where the budget is used up: rendering its labels to no end would cost each request.
        private IstioSeries.Requests newRequests(boolean grpc) {
            forgetRetired();
            LabelSet<IstioSeries.Requests> set = allRequests.admit(key, IstioMetrics.this::requestLabels);
            if (set == null) {
                fold();
                IstioSeries.Requests known = requests.get(key);
                if (known != null && !known.retired()) {
                    return known;
                }
                set = allRequests.require(key, IstioMetrics.this::requestLabels);
            }
            IstioSeries.Requests series = new IstioSeries.Requests(grpc);
            requests.put(key.copy(), series);
            set.series.add(series);
            return series;
        }

        private IstioSeries.Connections newConnections() {
            forgetRetired();
            LabelSet<IstioSeries.Connections> set = allConnections.admit(key, IstioMetrics.this::connectionLabels);
            if (set == null) {
                fold();
                IstioSeries.Connections known = connections.get(key);
                if (known != null && !known.retired()) {
                    return known;
                }
                set = allConnections.require(key, IstioMetrics.this::connectionLabels);
            }
            IstioSeries.Connections series = new IstioSeries.Connections();
            connections.put(key.copy(), series);
            set.series.add(series);
            return series;
        }

        private void forgetRetired() {
            long now = budget.evictions();
            if (now != evictions) {
                evictions = now;
                requests.values().removeIf(IstioSeries::retired);
                connections.values().removeIf(IstioSeries::retired);
            }
        }

        /// Keeps what has few values: protocol, status, flags, security.
        private void fold() {
            budget.folded(key);
            key.peer = OTHER_PEER;
            key.service = OTHER_SERVICE;
            key.host = OTHER;
            key.sourcePrincipal = OTHER;
            key.destinationPrincipal = OTHER;
            Arrays.fill(key.custom, OTHER);
        }
    }

    private List<String> requestLabels(SeriesKey key) {
        return labels.of(key, false);
    }

    private List<String> connectionLabels(SeriesKey key) {
        return labels.of(key, true);
    }

    private static final PeerInfo OTHER_PEER = new PeerInfo(OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER);
    private static final DestinationService OTHER_SERVICE = new DestinationService(OTHER, OTHER, OTHER);

    private static String bounded(String value) {
        return value.length() > MAX_VALUE ? OTHER : value;
    }

    private static String orUnknown(@Nullable String text) {
        return text == null || text.isEmpty() ? UNKNOWN : text;
    }

    private static boolean isGrpc(StreamInfo info) {
        if (info.request == null) {
            return false;
        }
        Headers headers = info.request.headers();
        String type = headers.get("content-type");
        return type != null
                && type.startsWith("application/grpc")
                && (type.length() == 16 || type.charAt(16) == '+' || type.charAt(16) == ';');
    }
}
