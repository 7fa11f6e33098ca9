package dev.lateen.proxy.telemetry;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.expression.Expression;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.GrpcStatus;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.IstioMetric.Kind;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Istio's standard metrics of one reporter: `istio_requests_total`, `istio_request_duration_milliseconds`,
/// `istio_request_bytes`, `istio_response_bytes`, `istio_request_messages_total`, `istio_response_messages_total` and
/// `istio_tcp_…`.
///
/// As in Istio, a TCP connection is first reported when it has been open for a while, or at its end: its labels are of
/// that moment, so that the flags of what fails early show.
///
/// Differs: sizes are those of bodies, without heads.
///
/// Limits: a value that a peer chooses counts as `other` above 256 characters.
///
/// Thread: any; `Worker`: its event loop.
public final class IstioMetrics {
    private static final String UNKNOWN = "unknown";
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
    private final SeriesTable<IstioSeries.Messages> allMessages;
    private final SeriesTable<IstioSeries.Connections> allConnections;
    private final IstioLabels labels;
    private final MetricsConfig config;
    private final Surroundings around;
    private volatile EventLoopWorker[] workers = {};

    /// @param local the workload that this proxy serves
    public IstioMetrics(Stats stats, Reporter reporter, PeerInfo local) {
        this(stats, reporter, local, MetricsConfig.STANDARD, Surroundings.NONE);
    }

    /// @param hostFallback whether a client takes the authority for the service where no service is known
    public IstioMetrics(Stats stats, Reporter reporter, PeerInfo local, boolean hostFallback) {
        this(
                stats,
                reporter,
                local,
                new MetricsConfig(hostFallback, List.of(), Map.of(), Set.of(), MetricsConfig.TCP_REPORTING),
                Surroundings.NONE);
    }

    IstioMetrics(Stats stats, Reporter reporter, PeerInfo local, MetricsConfig config, Surroundings around) {
        this.reporter = reporter;
        this.budget = stats.istio().budget();
        this.allRequests = stats.istio().newRequests();
        this.allMessages = stats.istio().newMessages();
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

    /// How often open TCP connections, and calls of gRPC, tell of themselves.
    public Duration tcpReporting() {
        return config.tcpReporting();
    }

    /// Finds the service that a request is for, when it first counts.
    @FunctionalInterface
    public interface ServiceFinder {
        DestinationService service(StreamInfo info);
    }

    /// Metrics as one event loop writes them.
    public interface Worker {
        /// When a gRPC call begins, so that its messages are counted while it goes on, as often as the configuration
        /// says of TCP connections. Optional; `request` ends it.
        void callBegun(StreamInfo info, ServiceFinder services);

        /// At the end of a request.
        void request(StreamInfo info, DestinationService service);

        /// When a TCP connection is first reported; what is known of it then labels it until its end.
        Connection tcpOpened(StreamInfo info, DestinationService service);
    }

    /// Where a TCP connection counts that was reported. Thread: that of its `Worker`.
    public sealed interface Connection permits IstioSeries.Connections {
        /// While it is open: counts the bytes since it was last told.
        void bytes(StreamInfo info);

        /// At its end; counts bytes too.
        void closed(StreamInfo info);
    }

    private final class EventLoopWorker implements Worker {
        private final @Nullable EventLoop loop;
        private final SeriesKey key = new SeriesKey(config.expressions().size());
        private final LoopSeries<IstioSeries.Requests> requests =
                new LoopSeries<>(allRequests, budget, labelsOf(Kind.REQUESTS), IstioSeries.Requests::new);
        private final LoopSeries<IstioSeries.Messages> messages =
                new LoopSeries<>(allMessages, budget, labelsOf(Kind.MESSAGES), IstioSeries.Messages::new);
        private final LoopSeries<IstioSeries.Connections> connections =
                new LoopSeries<>(allConnections, budget, labelsOf(Kind.CONNECTIONS), IstioSeries.Connections::new);
        private final @Nullable OpenCalls calls;

        EventLoopWorker(@Nullable EventLoop loop) {
            this.loop = loop;
            this.calls = loop == null
                    ? null
                    : new OpenCalls(loop, config.tcpReporting().toNanos(), this::countOpen);
        }

        @Override
        public void callBegun(StreamInfo info, ServiceFinder services) {
            if (calls != null) {
                calls.begin(info, services);
            }
        }

        @Override
        public void request(StreamInfo info, DestinationService service) {
            boolean grpc = isGrpc(info);
            fill(info, service);
            key.protocol = grpc ? "grpc" : "http";
            key.flags = info.flagsText();
            key.status = info.status;
            key.grpcStatus = grpc ? GrpcStatus.of(info) : -1;
            IstioSeries.Requests series = requests.find(key);
            long nanos = Math.max(0, info.endNanos - info.startNanos);
            series.total.increment();
            series.duration.recordNanos(nanos);
            if (info.traceSampled && info.traceId != null && Exemplar.isFine(info.traceId)) {
                series.duration.exemplar(nanos, info.traceId, info.startEpochMillis);
            }
            series.requestBytes.record(info.bytesReceived);
            series.responseBytes.record(info.bytesSent);
            OpenCalls.Call call = calls == null ? null : calls.end(info);
            if (grpc || (call != null && call.series != null)) {
                countAtEnd(info, call, series);
            }
        }

        /// Series of requests know that of their messages, which spares each call a search.
        private void countAtEnd(StreamInfo info, OpenCalls.@Nullable Call call, IstioSeries.Requests requests) {
            if (call != null && call.series != null) {
                call.series.requests.add(info.requestMessages - call.requests);
                call.series.responses.add(info.responseMessages - call.responses);
                call.series.open.add(-1);
                return;
            }
            IstioSeries.Messages series = requests.messages;
            if (series == null || series.retired()) {
                series = messagesOfKey();
                requests.messages = series;
            }
            series.requests.add(info.requestMessages);
            series.responses.add(info.responseMessages);
        }

        /// As Istio, a client waits for the answer's head, which tells who answers.
        private void countOpen(OpenCalls.Call call) {
            StreamInfo info = call.info();
            ServiceFinder services = call.services();
            if (info == null || services == null || (reporter == Reporter.SOURCE && info.responseHeaders == null)) {
                return;
            }
            if (info.requestMessages == call.requests && info.responseMessages == call.responses) {
                return;
            }
            if (call.series == null) {
                fill(info, services.service(info));
                call.series = messagesOfKey();
                call.series.open.increment();
            }
            call.series.requests.add(info.requestMessages - call.requests);
            call.series.responses.add(info.responseMessages - call.responses);
            call.requests = info.requestMessages;
            call.responses = info.responseMessages;
        }

        private IstioSeries.Messages messagesOfKey() {
            key.protocol = "";
            key.flags = "";
            key.security = "";
            key.status = 0;
            key.grpcStatus = -1;
            return messages.find(key);
        }

        @Override
        public Connection tcpOpened(StreamInfo info, DestinationService service) {
            fill(info, service);
            key.protocol = "tcp";
            key.flags = info.flagsText();
            key.status = 0;
            key.grpcStatus = -1;
            IstioSeries.Connections series = connections.find(key);
            series.opened.increment();
            return series;
        }

        /// What does not depend on how it ends.
        private void fill(StreamInfo info, DestinationService service) {
            key.service = service;
            key.host = host(info, service);
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
            evaluate(info);
        }

        private void evaluate(StreamInfo info) {
            List<Expression> expressions = config.expressions();
            for (int index = 0; index < expressions.size(); index++) {
                String value = expressions.get(index).text(info, around);
                key.custom[index] = value == null ? UNKNOWN : bounded(value);
            }
        }

        /// Empty where nothing tells. Only clients take the authority for the service: a server would let its callers
        /// name it.
        private String host(StreamInfo info, DestinationService service) {
            if (!service.host().isEmpty()) {
                return service.host();
            }
            return reporter == Reporter.SOURCE && config.hostFallback() && info.request != null
                    ? bounded(info.request.authority())
                    : "";
        }
    }

    private SeriesTable.Labels labelsOf(Kind kind) {
        return key -> labels.of(key, kind);
    }

    private static String bounded(String value) {
        return value.length() > MAX_VALUE ? SeriesKey.OTHER : value;
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
