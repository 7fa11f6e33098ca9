package dev.lateen.local.agent;

import dev.lateen.net.EventLoops;
import dev.lateen.proxy.DrainConfig;
import dev.lateen.proxy.admin.AppProber;
import dev.lateen.proxy.bootstrap.AppMetrics;
import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.DiscoveryConfig;
import dev.lateen.proxy.bootstrap.IdentityConfig;
import dev.lateen.proxy.bootstrap.IstioEnvironment;
import dev.lateen.proxy.bootstrap.LocalPeer;
import dev.lateen.proxy.bootstrap.ServerAddress;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.control.HealthStream;
import dev.lateen.proxy.control.IdentityDuty;
import dev.lateen.proxy.control.KnownRoots;
import dev.lateen.proxy.control.NameStream;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.dns.DnsServer;
import dev.lateen.proxy.dns.DnsSettings;
import dev.lateen.proxy.dns.LiveNames;
import dev.lateen.proxy.http.filter.OwnMetadata;
import dev.lateen.proxy.probe.HealthCheck;
import dev.lateen.proxy.probe.HealthCheckConfig;
import dev.lateen.proxy.probe.ProbeAsker;
import dev.lateen.proxy.telemetry.Eviction;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.xds.server.UnixGrpcListener;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/// Istio's agent beside a real Envoy, started in the order in which `start` reads.
///
/// The death of Envoy ends us with its status; being told to end, we drain it first and end with 0.
///
/// Thread: `start` and `await` main; `shutdown` any, once.
public final class Agent implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Agent.class.getName());
    private static final int MAX_MESSAGE_BYTES = 8 << 20;
    private static final Path BOOTSTRAP = Path.of("etc", "istio", "proxy", "envoy-rev.yaml");
    private static final Duration ENVOY_GRACE = Duration.ofSeconds(2);
    private static final Duration DRAIN_POLL = Duration.ofMillis(200);

    private final AgentOptions options;
    private final BootstrapConfig config;
    private final DrainConfig drain;
    private final Stats stats;
    private final SecretStore secrets = new SecretStore();
    private final EventLoops loops = EventLoops.create("agent", 1);
    private final EnvoyAdmin admin;
    private final UnixGrpcListener socket;
    private final AgentServer server;
    private final EnvoyProcess envoy;
    private final Optional<DnsServer> nameServer;
    private final Optional<HealthCheck> health;
    private final AtomicBoolean ending = new AtomicBoolean();

    private Agent(
            AgentOptions options,
            BootstrapConfig config,
            DrainConfig drain,
            Optional<AppMetrics> application,
            Optional<DnsSettings> dns,
            Stats stats)
            throws IOException {
        this.options = options;
        this.config = config;
        this.drain = drain;
        this.stats = stats;
        InetSocketAddress adminAddress = EnvoyBootstrap.admin(config);
        this.admin = new EnvoyAdmin(adminAddress);
        AccessLogMetrics metrics = new AccessLogMetrics(stats, LocalPeer.of(config.node()), config.isSidecar());
        EnvoyDecisions decisions = new EnvoyDecisions(
                loops.at(0),
                new Decisions(
                        List.of(loops.at(0)), config.node().getId(), accepted(Decisions.kept(options.environment()))),
                adminAddress,
                admin);
        this.socket = UnixGrpcListener.start(
                Path.of(EnvoyBootstrap.SOCKET),
                List.of(
                        new SecretService(secrets, new SecretFiles(secrets)).definition(),
                        new AccessLogService(metrics, decisions::log).definition()),
                MAX_MESSAGE_BYTES);
        IdentityDuty identity = fetchIdentity();
        LiveNames names = dns.map(DnsSettings::names).orElseGet(LiveNames::unused);
        this.nameServer = dns.isPresent() ? Optional.of(serveNames(dns.get(), names, identity)) : Optional.empty();
        this.server = new AgentServer(
                statusAddress(),
                admin,
                () -> names.told() || nameServer.isEmpty(),
                AgentServer.merged(application, stats, admin),
                AppProber.of(options.environment(), loops),
                this::drain,
                this::quit);
        server.add("/decisions", decisions::answer);
        this.health = accepted(config.healthCheck()).map(check -> checkHealth(check, identity));
        writeBootstrap();
        this.envoy = EnvoyProcess.start(command(), peerHeaders(), new FileOutputStream(FileDescriptor.out));
        LOG.log(System.Logger.Level.INFO, "Envoy runs with pid {0}", Long.toString(envoy.pid()));
    }

    /// Starts everything; returns when Envoy runs.
    ///
    /// @throws IOException where a port or a file refuses
    /// @throws IllegalArgumentException where the environment is wrong; the message says what
    public static Agent start(AgentOptions options) throws IOException {
        return start(options, accepted(IstioEnvironment.read(options.environment(), options.router(), options.root())));
    }

    private static Agent start(AgentOptions options, BootstrapConfig config) throws IOException {
        DrainConfig drain = accepted(DrainConfig.ofIstio(options.environment()));
        // The status port of a gateway may be open to the world.
        Optional<AppMetrics> application =
                config.isSidecar() ? accepted(AppMetrics.of(options.environment())) : Optional.empty();
        Optional<Duration> eviction = accepted(config.statsEviction());
        Optional<DnsSettings> dns = accepted(DnsSettings.of(options.environment(), config));
        Agent agent = new Agent(options, config, drain, application, dns, accepted(Stats.of(options.environment())));
        agent.stats.version(config.istioVersion());
        Eviction.whenFull(agent.stats, agent.loops);
        eviction.ifPresent(interval -> Eviction.every(interval, agent.stats, agent.loops));
        return agent;
    }

    private static <T> T accepted(Decoded<T> read) {
        return switch (read) {
            case Decoded.Ok<T>(T value) -> value;
            case Decoded.Rejected<T>(String reason) -> throw new IllegalArgumentException(reason);
        };
    }

    private IdentityDuty fetchIdentity() {
        IdentityConfig identity = config.identity().orElseThrow();
        IdentityDuty duty = new IdentityDuty(
                identity, loops, KnownRoots.of(identity), secrets::publish, Clock.systemUTC(), new SplittableRandom());
        duty.start();
        return duty;
    }

    /// Envoy has no part in this: names come over a stream of our own.
    private DnsServer serveNames(DnsSettings dns, LiveNames names, IdentityDuty identity) throws IOException {
        DnsServer started = DnsServer.start(loops, dns, names, stats);
        NameStream.start(
                config,
                controlPlane(),
                loops,
                KnownRoots.of(config.identity().orElseThrow()),
                identity::certificate,
                names);
        return started;
    }

    /// Nor in this.
    private HealthCheck checkHealth(HealthCheckConfig check, IdentityDuty identity) {
        HealthStream stream = new HealthStream(
                config, controlPlane(), loops, KnownRoots.of(config.identity().orElseThrow()), identity::certificate);
        return HealthCheck.start(check, admin::notReady, new ProbeAsker(loops, config.address()), stream::report);
    }

    private ServerAddress controlPlane() {
        return switch (config.discovery().orElseThrow().target()) {
            case DiscoveryConfig.Target.Server(var address) -> address;
            case DiscoveryConfig.Target.StaticCluster(var name) ->
                throw new IllegalStateException("Istio's environment names no cluster: " + name);
        };
    }

    private InetSocketAddress statusAddress() {
        return config.agent().stream()
                .map(InetSocketAddress.class::cast)
                .filter(address -> address.getPort() == AppMetrics.STATUS_PORT)
                .findFirst()
                .orElseThrow();
    }

    private void writeBootstrap() throws IOException {
        Path file = options.root().resolve(BOOTSTRAP);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, EnvoyBootstrap.yaml(config, AppMetrics.STATUS_PORT));
    }

    /// What Envoy tells servers of the mesh in headers; the control plane has its clusters take them from here.
    private Map<String, String> peerHeaders() {
        OwnMetadata own = OwnMetadata.of(
                LocalPeer.of(config.node()),
                config.node().getId(),
                config.node().getCluster());
        return Map.of("LATEEN_PEER_METADATA", own.text(), "LATEEN_PEER_ID", own.id());
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                options.envoy().toString(),
                "-c",
                options.root().resolve(BOOTSTRAP).toString(),
                "--concurrency",
                Integer.toString(options.concurrency().orElseGet(this::workers)),
                "--drain-time-s",
                Long.toString(options.drainTime().orElse(drain.ofReplaced()).toSeconds()),
                "--drain-strategy",
                "immediate",
                "--disable-hot-restart",
                "--log-level",
                options.logLevel()));
        if (!options.componentLogLevel().isEmpty()) {
            command.addAll(List.of("--component-log-level", options.componentLogLevel()));
        }
        return command;
    }

    /// A gateway has the machine, or what its container may use of it, for itself.
    private int workers() {
        int processors = Runtime.getRuntime().availableProcessors();
        if (config.concurrency() > 0) {
            return config.concurrency();
        }
        return options.router() ? processors : Math.min(2, processors);
    }

    /// A sidecar goes on serving its application.
    private void drain() {
        admin.drain(config.isSidecar());
    }

    /// Waits for Envoy's end; its exit status.
    public int await() throws InterruptedException {
        int status = envoy.await();
        if (!ending.get()) {
            LOG.log(System.Logger.Level.ERROR, "Envoy ended with status {0}", Integer.toString(status));
        }
        return status;
    }

    /// Drains Envoy and ends it. Blocks.
    ///
    /// @return whether this call did it; false where it had ended, or is ending, already
    public boolean shutdown() {
        if (ending.getAndSet(true)) {
            return false;
        }
        if (envoy.alive()) {
            // The log has a shutdown hook of its own, which may silence it before this line.
            System.err.println("INFO: draining for at most " + drain.atMost());
            server.draining();
            health.ifPresent(HealthCheck::drain);
            drain();
            awaitDrained();
            envoy.stop(ENVOY_GRACE);
        }
        close();
        return true;
    }

    private void awaitDrained() {
        long start = System.nanoTime();
        while (envoy.alive() && !drain.isOver(System.nanoTime() - start, admin::activeConnections)) {
            try {
                Thread.sleep(DRAIN_POLL);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void quit() {
        Thread.ofPlatform().name("quit").start(this::shutdown);
    }

    /// Ends now.
    @Override
    public void close() {
        ending.set(true);
        envoy.stop(ENVOY_GRACE);
        server.close();
        health.ifPresent(HealthCheck::close);
        nameServer.ifPresent(DnsServer::close);
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the socket file stays: {0}", e.getMessage());
        }
        loops.close();
    }
}
