package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.DestinationService;
import dev.lateen.proxy.telemetry.IstioMetrics;
import dev.lateen.proxy.telemetry.MetricsConfig;

/// Writes Istio's standard metrics when an exchange has ended; the messages of gRPC while it goes on.
///
/// Thread: event loop of the request.
final class IstioStatsFilter implements RequestFilter, IstioMetrics.ServiceFinder {
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
        if (exchange.grpc()) {
            worker(exchange).callBegun(exchange.info(), this);
        }
        return Verdict.CONTINUE;
    }

    @Override
    public void onEnd(Exchange exchange) {
        worker(exchange).request(exchange.info(), service(exchange.info()));
    }

    private IstioMetrics.Worker worker(Exchange exchange) {
        return (exchange.inbound() ? destination : source).on(exchange.loop());
    }

    @Override
    public DestinationService service(StreamInfo info) {
        DestinationService byRoute = DestinationService.ofRoute(info.routeName);
        if (byRoute != null) {
            return byRoute;
        }
        Cluster cluster = info.clusterName == null ? null : clusters.get(info.clusterName);
        return cluster == null ? DestinationService.UNKNOWN : cluster.service();
    }
}
