package dev.lateen.control;

import dev.lateen.control.cluster.ClusterSettings;
import dev.lateen.control.push.Proxies;
import dev.lateen.control.source.ConfigFile;
import dev.lateen.control.workload.ClusterEntries;
import dev.lateen.control.workload.Controllers;
import dev.lateen.control.workload.Registrations;
import dev.lateen.control.workload.StoredEntries;
import dev.lateen.kubernetes.cluster.Cluster;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// What a control plane needs for workloads that register themselves, put together: in a cluster its objects hold the
/// entries, elsewhere a file of the control plane's state.
///
/// Thread: main, until it is started.
final class WorkloadRegistry implements AutoCloseable {
    private static final Duration SWEEP = Duration.ofSeconds(1);

    private final Optional<StoredEntries> stored;
    private final Optional<ClusterEntries> ofCluster;
    private boolean told;

    private WorkloadRegistry(Optional<StoredEntries> stored, Optional<ClusterEntries> ofCluster) {
        this.stored = stored;
        this.ofCluster = ofCluster;
    }

    /// Before the configuration is read.
    static WorkloadRegistry open(
            ControlPlaneSettings settings,
            Optional<Cluster> cluster,
            ControlLoop loop,
            MeshState state,
            Proxies proxies,
            InstantSource clock)
            throws IOException {
        WorkloadRegistry registry = cluster.isPresent()
                ? new WorkloadRegistry(
                        Optional.empty(),
                        Optional.of(ofCluster(cluster.get(), settings.cluster().orElseThrow())))
                : new WorkloadRegistry(
                        Optional.of(StoredEntries.open(
                                ControlPlaneSettings.entries(settings.state()),
                                Controllers.ofProcess(),
                                news -> loop.execute(() -> state.onFiles(news)))),
                        Optional.empty());
        Registrations registrations = new Registrations(
                registry.stored.isPresent() ? registry.stored.get() : registry.ofCluster.orElseThrow(),
                settings.entryGrace(),
                state::workloadAt,
                clock);
        loop.execute(() -> {
            state.onChange(change -> registrations.onChange(change.put(), change.removed()));
            proxies.onNodes(registrations);
        });
        sweep(loop, registrations);
        return registry;
    }

    private static ClusterEntries ofCluster(Cluster cluster, ClusterSettings where) {
        String own = where.kubeconfig().isEmpty()
                ? System.getenv().getOrDefault("HOSTNAME", Controllers.ofProcess())
                : Controllers.ofProcess();
        ClusterEntries entries = new ClusterEntries(cluster, new Controllers(cluster, where.namespace(), own));
        entries.start();
        return entries;
    }

    private static void sweep(ControlLoop loop, Registrations registrations) {
        loop.after(SWEEP, () -> {
            registrations.sweep();
            sweep(loop, registrations);
        });
    }

    /// The first report of the configuration, with what was registered before. Thread: the source's.
    List<ConfigFile> completed(List<ConfigFile> report) {
        if (told || stored.isEmpty()) {
            return report;
        }
        told = true;
        List<ConfigFile> all = new ArrayList<>(report);
        all.addAll(stored.get().all());
        return all;
    }

    /// Who knows whether this replica clears up.
    void ledBy(BooleanSupplier leader) {
        ofCluster.ifPresent(entries -> entries.ledBy(leader));
    }

    @Override
    public void close() {
        stored.ifPresent(StoredEntries::close);
        ofCluster.ifPresent(ClusterEntries::close);
    }
}
