package dev.lateen.proxy.cluster;

import dev.lateen.proxy.telemetry.Counter;

/// What balancing by zone counts, under Envoy's names; of clusters alone that may do so.
///
/// Thread: any.
final class ZoneStats {
    final Counter recalculations;
    final Counter tooSmall;
    final Counter localNotOk;
    final Counter direct;
    final Counter sampled;
    final Counter crossZone;
    final Counter noCapacity;

    ZoneStats(ClusterStats stats) {
        this.recalculations = stats.counter("lb_recalculate_zone_structures");
        this.tooSmall = stats.counter("lb_zone_cluster_too_small");
        this.localNotOk = stats.counter("lb_local_cluster_not_ok");
        this.direct = stats.counter("lb_zone_routing_all_directly");
        this.sampled = stats.counter("lb_zone_routing_sampled");
        this.crossZone = stats.counter("lb_zone_routing_cross_zone");
        this.noCapacity = stats.counter("lb_zone_no_capacity_left");
    }
}
