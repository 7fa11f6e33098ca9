package dev.lateen.control;

import dev.lateen.control.cluster.ClusterSettings;
import dev.lateen.control.dashboard.DashboardSettings;
import dev.lateen.control.fetch.FetchTiming;
import dev.lateen.control.identity.IdentitySettings;
import dev.lateen.control.push.PushTiming;
import dev.lateen.control.ratelimit.LimitSettings;
import dev.lateen.model.mesh.MeshSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// How a control plane runs.
///
/// @param config directories or files that hold the configuration
/// @param state where the authority and the join key are kept
/// @param keys when those of tokens' issuers are fetched again
/// @param identity how workloads prove who they are, and who signs for them
/// @param limits where mesh-wide limits are counted
/// @param cluster whose objects are part of the configuration
/// @param dashboard what can be done through it
/// @param entryGrace for how long the entry of a workload that registered itself stays when it has gone
public record ControlPlaneSettings(
        List<Path> config,
        Path state,
        Ports ports,
        String trustDomain,
        MeshSettings mesh,
        PushTiming timing,
        FetchTiming keys,
        IdentitySettings identity,
        LimitSettings limits,
        Optional<ClusterSettings> cluster,
        DashboardSettings dashboard,
        Duration entryGrace) {
    /// Source: Istio, `PILOT_WORKLOAD_ENTRY_GRACE_PERIOD`.
    public static final Duration ENTRY_GRACE = Duration.ofSeconds(10);

    public ControlPlaneSettings {
        config = List.copyOf(config);
    }

    /// Where it listens; 0 takes a free port.
    ///
    /// @param address to bind to; loopback unless told otherwise, since the plaintext port and the debug pages ask
    ///     for no credentials
    /// @param webhook for API servers; none where there is no cluster
    public record Ports(String address, int plaintext, int secure, int debug, int ready, OptionalInt webhook) {
        public static final Ports ISTIO = new Ports("127.0.0.1", 15010, 15012, 15014, 8080);
        /// Free ports, for tests.
        public static final Ports FREE = new Ports("127.0.0.1", 0, 0, 0, 0);

        public Ports at(String otherAddress) {
            return new Ports(otherAddress, plaintext, secure, debug, ready, webhook);
        }

        public Ports(String address, int plaintext, int secure, int debug, int ready) {
            this(address, plaintext, secure, debug, ready, OptionalInt.empty());
        }

        public Ports withWebhook(int port) {
            return new Ports(address, plaintext, secure, debug, ready, OptionalInt.of(port));
        }
    }

    public static ControlPlaneSettings of(List<Path> config, Path state) {
        return new ControlPlaneSettings(
                config,
                state,
                Ports.ISTIO,
                "cluster.local",
                MeshSettings.DEFAULT,
                PushTiming.DEFAULT,
                FetchTiming.DEFAULT,
                IdentitySettings.DEFAULT,
                LimitSettings.EMBEDDED,
                Optional.empty(),
                DashboardSettings.DEFAULT,
                ENTRY_GRACE);
    }

    public ControlPlaneSettings withTrustDomain(String other) {
        return new ControlPlaneSettings(
                config, state, ports, other, mesh, timing, keys, identity, limits, cluster, dashboard, entryGrace);
    }

    public ControlPlaneSettings withPorts(Ports other) {
        return new ControlPlaneSettings(
                config,
                state,
                other,
                trustDomain,
                mesh,
                timing,
                keys,
                identity,
                limits,
                cluster,
                dashboard,
                entryGrace);
    }

    public ControlPlaneSettings withTiming(PushTiming other) {
        return new ControlPlaneSettings(
                config, state, ports, trustDomain, mesh, other, keys, identity, limits, cluster, dashboard, entryGrace);
    }

    public ControlPlaneSettings withKeys(FetchTiming other) {
        return new ControlPlaneSettings(
                config,
                state,
                ports,
                trustDomain,
                mesh,
                timing,
                other,
                identity,
                limits,
                cluster,
                dashboard,
                entryGrace);
    }

    public ControlPlaneSettings withWorkloadLifetime(Duration other) {
        return withIdentity(identity.withWorkloadLifetime(other));
    }

    public ControlPlaneSettings withIdentity(IdentitySettings other) {
        return new ControlPlaneSettings(
                config, state, ports, trustDomain, mesh, timing, keys, other, limits, cluster, dashboard, entryGrace);
    }

    public ControlPlaneSettings withLimits(LimitSettings other) {
        return new ControlPlaneSettings(
                config, state, ports, trustDomain, mesh, timing, keys, identity, other, cluster, dashboard, entryGrace);
    }

    public ControlPlaneSettings withCluster(ClusterSettings other) {
        return new ControlPlaneSettings(
                config,
                state,
                ports,
                trustDomain,
                mesh,
                timing,
                keys,
                identity,
                limits,
                Optional.of(other),
                dashboard,
                entryGrace);
    }

    public ControlPlaneSettings withDashboard(DashboardSettings other) {
        return new ControlPlaneSettings(
                config, state, ports, trustDomain, mesh, timing, keys, identity, limits, cluster, other, entryGrace);
    }

    public ControlPlaneSettings withEntryGrace(Duration other) {
        return new ControlPlaneSettings(
                config, state, ports, trustDomain, mesh, timing, keys, identity, limits, cluster, dashboard, other);
    }

    /// The file that keeps the entries of workloads that registered themselves, where no cluster does.
    public static Path entries(Path state) {
        return state.resolve("workload-entries.json");
    }

    /// The file that keeps the counts of quotas.
    public static Path quotas(Path state) {
        return state.resolve("limits").resolve("quotas");
    }

    /// The file with the key of join tokens, for whoever starts workloads.
    public static Path joinKey(Path state) {
        return state.resolve("join-key");
    }

    /// Where certificates that another authority signed are recorded.
    public static Path external(Path state) {
        return state.resolve("external-ca");
    }

    /// The authority's directory; `root-cert.pem` in it is what workloads trust.
    public static Path authority(Path state) {
        return state.resolve("ca");
    }
}
