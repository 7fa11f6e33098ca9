package dev.lateen.cli;

import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.ControlPlaneSettings.Ports;
import dev.lateen.control.cluster.ClusterSettings;
import dev.lateen.control.dashboard.DashboardSettings;
import dev.lateen.control.fetch.FetchTiming;
import dev.lateen.control.identity.IdentitySettings;
import dev.lateen.control.push.PushTiming;
import dev.lateen.control.ratelimit.LimitSettings;
import dev.lateen.model.mesh.KeyFetching;
import dev.lateen.model.mesh.MeshSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `control-plane`: serves configuration and certificates to proxies.
@Command(
        name = "control-plane",
        aliases = "discovery",
        description =
                "Serve the configuration of a directory or a cluster to proxies over xDS, and certificates to workloads.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  lateen control-plane --config shop/",
            "  lateen control-plane --config shop/ --address 0.0.0.0 --state /var/lib/lateen"
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class ControlPlaneCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "PATH",
            description = "A file or directory with manifests, watched; may be given several times.")
    private List<Path> config = List.of();

    @Option(names = "--in-cluster", description = "Serve the Kubernetes cluster whose pod this is.")
    private boolean inCluster;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Serve the cluster of this file's current context.")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "Where in the cluster the mesh's own settings are (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:POD_NAMESPACE:-istio-system}")
    private String namespace = "istio-system";

    @Option(
            names = "--revision",
            paramLabel = "NAME",
            description = "Which of the cluster's control planes this is (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:REVISION:-default}")
    private String revision = "default";

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Where the authority's key and certificate are kept (default: .lateen/control-plane).")
    private Path state = Path.of(".lateen", "control-plane");

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            description = "The address to listen on (default: ${DEFAULT-VALUE}).",
            defaultValue = "127.0.0.1")
    private String address = "127.0.0.1";

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            description = "xDS without TLS (default: ${DEFAULT-VALUE}).",
            defaultValue = "15010")
    private int plaintextPort = 15010;

    @Option(
            names = "--secure-grpc-port",
            paramLabel = "PORT",
            description = "xDS and certificates over TLS (default: ${DEFAULT-VALUE}).",
            defaultValue = "15012")
    private int securePort = 15012;

    @Option(
            names = "--monitoring-port",
            paramLabel = "PORT",
            description = "Metrics and debug API (default: ${DEFAULT-VALUE}).",
            defaultValue = "15014")
    private int debugPort = 15014;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            description = "Readiness (default: ${DEFAULT-VALUE}).",
            defaultValue = "8080")
    private int readyPort = 8080;

    @Option(
            names = "--webhook-port",
            paramLabel = "PORT",
            description = "Injection and validation for Kubernetes API servers over TLS, such as 15017; 0 for none"
                    + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "0")
    private int webhookPort;

    @Option(
            names = "--trust-domain",
            paramLabel = "NAME",
            description = "The trust domain of identities (default: ${DEFAULT-VALUE}).",
            defaultValue = "cluster.local")
    private String trustDomain = "cluster.local";

    @Mixin
    private IdentityOptions identity = new IdentityOptions();

    @Option(
            names = "--assign-cluster-ips",
            description =
                    "Give Services without a cluster IP one, as a cluster's API server does when they are created.")
    private boolean assignClusterAddresses;

    @Option(
            names = "--jwks-refresh",
            paramLabel = "DURATION",
            description = "After which time the keys of tokens' issuers are fetched again, in ISO notation"
                    + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:LATEEN_JWKS_REFRESH:-PT20M}")
    private Duration keyRefresh = Duration.ofMinutes(20);

    @Option(
            names = "--workload-entry-grace",
            paramLabel = "DURATION",
            description = "How long the entry of a workload that registered itself by a WorkloadGroup stays when it has"
                    + " gone, such as 10s (default: ${DEFAULT-VALUE}).",
            converter = InstallRun.GoDuration.class,
            defaultValue = "${env:PILOT_WORKLOAD_ENTRY_GRACE_PERIOD:-10s}")
    private Duration entryGrace = ControlPlaneSettings.ENTRY_GRACE;

    @Option(
            names = "--remote-jwks",
            paramLabel = "MODE",
            description =
                    "Who fetches those keys: false for this control plane, hybrid for the proxy where the issuer is"
                            + " a service of the mesh, envoy for the proxy always (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:PILOT_JWT_ENABLE_REMOTE_JWKS:-false}")
    private String remoteKeys = "false";

    @Option(
            names = "--redis",
            paramLabel = "URI",
            description = "Where several control planes count mesh-wide limits together, such as redis://host:6379;"
                    + " empty: each in its own memory (default: what LATEEN_REDIS says, where a password belongs).",
            defaultValue = "${env:LATEEN_REDIS:-}")
    private String redis = "";

    @Mixin
    private DashboardOptions dashboard = new DashboardOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        for (Path path : config) {
            if (!Files.exists(path)) {
                throw new ParameterException(spec.commandLine(), path + ": no such file or directory");
            }
        }
        if (config.isEmpty() != (inCluster || kubeconfig != null)) {
            throw new ParameterException(
                    spec.commandLine(), "expected: --config, or one of --in-cluster and --kubeconfig");
        }
        Ports ports = new Ports(address, plaintextPort, securePort, debugPort, readyPort);
        ControlPlaneSettings settings = new ControlPlaneSettings(
                config,
                state,
                webhookPort == 0 ? ports : ports.withWebhook(webhookPort),
                trustDomain,
                mesh(),
                PushTiming.DEFAULT,
                FetchTiming.DEFAULT.withRefresh(keyRefresh),
                identity(),
                limits(),
                cluster(),
                dashboard(),
                entryGrace);
        ControlPlane controlPlane = ControlPlane.start(settings);
        Shutdown.register(controlPlane::close);
        HeapKeeper.start();
        spec.commandLine()
                .getOut()
                .println("xDS at " + address + ":" + controlPlane.plaintextPort() + " (plain) and " + address + ":"
                        + controlPlane.securePort() + " (TLS)");
        spec.commandLine().getOut().flush();
        new CountDownLatch(1).await(); // the shutdown hook ends the process
        return 0;
    }

    private Optional<ClusterSettings> cluster() {
        return config.isEmpty()
                ? Optional.of(new ClusterSettings(Optional.ofNullable(kubeconfig), namespace, revision))
                : Optional.empty();
    }

    /// Everybody on the machine may read the command lines of its processes.
    private LimitSettings limits() {
        if (redis.contains("@") && spec.commandLine().getParseResult().hasMatchedOption("--redis")) {
            throw new ParameterException(
                    spec.commandLine(), "--redis: an address with a password belongs in LATEEN_REDIS");
        }
        return redis.isEmpty() ? LimitSettings.EMBEDDED : LimitSettings.EMBEDDED.withRedis(redis);
    }

    private DashboardSettings dashboard() {
        try {
            return dashboard.settings();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private IdentitySettings identity() {
        try {
            return identity.settings();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private MeshSettings mesh() {
        MeshSettings settings =
                assignClusterAddresses ? MeshSettings.DEFAULT.assigningClusterAddresses() : MeshSettings.DEFAULT;
        return settings.withKeyFetching(
                switch (remoteKeys) {
                    case "false", "istiod" -> KeyFetching.CONTROL_PLANE;
                    case "true", "hybrid" -> KeyFetching.HYBRID;
                    case "envoy" -> KeyFetching.PROXY;
                    default ->
                        throw new ParameterException(
                                spec.commandLine(),
                                "--remote-jwks: '" + remoteKeys + "' (expected: false, hybrid or envoy)");
                });
    }
}
