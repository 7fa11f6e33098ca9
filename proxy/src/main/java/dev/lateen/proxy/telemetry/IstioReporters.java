package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.PeerInfo;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Istio's metrics of this proxy, one for each configuration: filter chains that ask for the same share their series.
///
/// Thread: any.
public final class IstioReporters {
    private record Key(IstioMetrics.Reporter reporter, MetricsConfig config) {}

    private final Stats stats;
    private final PeerInfo local;
    private final Surroundings around;
    private final Map<Key, IstioMetrics> made = new ConcurrentHashMap<>();

    /// @param local the workload that this proxy serves
    public IstioReporters(Stats stats, PeerInfo local, Surroundings around) {
        this.stats = stats;
        this.local = local;
        this.around = around;
    }

    public IstioMetrics of(IstioMetrics.Reporter reporter, MetricsConfig config) {
        return made.computeIfAbsent(
                new Key(reporter, config), _ -> new IstioMetrics(stats, reporter, local, config, around));
    }
}
