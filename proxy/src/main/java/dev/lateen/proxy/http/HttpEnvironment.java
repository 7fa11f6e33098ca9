package dev.lateen.proxy.http;

import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.http.filter.OwnMetadata;
import dev.lateen.proxy.overload.Overload;
import dev.lateen.proxy.telemetry.IstioReporters;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tracing.SpanReporters;

/// What HTTP connection managers need of the process around them.
///
/// @param own what peers are told of the workload that this proxy serves
/// @param spans sends what is traced
/// @param overload says what is refused while memory or another resource is scarce
public record HttpEnvironment(
        Clusters clusters,
        Stats stats,
        IstioReporters istio,
        SpanReporters spans,
        OwnMetadata own,
        Overload overload) {}
