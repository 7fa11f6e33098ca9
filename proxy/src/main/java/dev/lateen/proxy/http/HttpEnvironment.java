package dev.lateen.proxy.http;

import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.telemetry.IstioReporters;
import dev.lateen.proxy.telemetry.Stats;

/// What HTTP connection managers need of the process around them.
///
/// @param local the workload that this proxy serves
public record HttpEnvironment(Clusters clusters, Stats stats, IstioReporters istio, PeerInfo local) {}
