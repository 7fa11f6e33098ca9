package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.telemetry.IstioReporters;
import dev.lateen.proxy.telemetry.Stats;

/// What filters need of the process around them.
///
/// @param own what peers are told of the workload that this proxy serves
/// @param statPrefix of the connection manager
public record FilterEnvironment(
        Clusters clusters, Stats stats, IstioReporters istio, OwnMetadata own, String statPrefix) {}
