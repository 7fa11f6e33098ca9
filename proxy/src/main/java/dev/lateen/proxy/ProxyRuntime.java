package dev.lateen.proxy;

import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.listener.Listeners;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tls.Secrets;
import dev.lateen.proxy.xds.Routes;
import dev.lateen.proxy.xds.SnapshotAssembler;

/// The parts of a running proxy, for those that show or test it. Each part swaps what is in force by itself.
///
/// Thread: any.
public record ProxyRuntime(
        BootstrapConfig bootstrap,
        Stats stats,
        Secrets secrets,
        Clusters clusters,
        Routes routes,
        Listeners listeners,
        SnapshotAssembler assembler,
        Decisions decisions) {}
