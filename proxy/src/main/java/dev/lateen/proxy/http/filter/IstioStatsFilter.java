package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.telemetry.DestinationService;
import dev.lateen.proxy.telemetry.IstioMetrics;
import dev.lateen.proxy.telemetry.MetricsConfig;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/// Writes Istio's standard metrics when an exchange has ended.
///
/// Thread: event loop of the request.
final class IstioStatsFilter implements RequestFilter {
    private final Clusters clusters;
    private final IstioMetrics source;
    private final IstioMetrics destination;

    IstioStatsFilter(FilterEnvironment environment, MetricsConfig config) {
        this.clusters = environment.clusters();
        this.source = environment.istio().of(IstioMetrics.Reporter.SOURCE, config);
        this.destination = environment.istio().of(IstioMetrics.Reporter.DESTINATION, config);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        return Verdict.CONTINUE;
    }

    @Override
    public RequestFilter on(EventLoop loop) {
        return new OfLoop(clusters, source, destination);
    }

    private static final class OfLoop implements RequestFilter {
        private static final DestinationService NONE = new DestinationService("", "unknown", "unknown");

        private final Clusters clusters;
        private final IstioMetrics source;
        private final IstioMetrics destination;
        private final Map<Cluster, DestinationService> services = new WeakHashMap<>();

        OfLoop(Clusters clusters, IstioMetrics source, IstioMetrics destination) {
            this.clusters = clusters;
            this.source = source;
            this.destination = destination;
        }

        @Override
        public Verdict onRequest(Exchange exchange) {
            return Verdict.CONTINUE;
        }

        @Override
        public void onEnd(Exchange exchange) {
            IstioMetrics metrics = exchange.inbound() ? destination : source;
            metrics.on(exchange.loop()).request(exchange.info(), service(exchange.info().clusterName));
        }

        private DestinationService service(@org.jspecify.annotations.Nullable String name) {
            Cluster cluster = name == null ? null : clusters.get(name);
            if (cluster == null) {
                return NONE;
            }
            DestinationService known = services.get(cluster);
            if (known == null) {
                known = read(cluster);
                services.put(cluster, known);
            }
            return known;
        }

        private static DestinationService read(Cluster cluster) {
            if (cluster.config().metadata().find("istio", "services") instanceof List<?> list
                    && !list.isEmpty()
                    && list.getFirst() instanceof Map<?, ?> service) {
                return new DestinationService(
                        String.valueOf(service.get("host")),
                        String.valueOf(service.get("name")),
                        String.valueOf(service.get("namespace")));
            }
            return NONE;
        }
    }
}
