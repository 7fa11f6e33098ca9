package dev.lateen.proxy;

import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.accesslog.AccessLogs;
import dev.lateen.proxy.admin.AdminApi;
import dev.lateen.proxy.admin.AdminServer;
import dev.lateen.proxy.admin.AgentApi;
import dev.lateen.proxy.admin.AppProber;
import dev.lateen.proxy.bootstrap.AppMetrics;
import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.DiscoveryConfig;
import dev.lateen.proxy.cluster.ClusterEnvironment;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.control.DiscoveryStream;
import dev.lateen.proxy.control.IdentityDuty;
import dev.lateen.proxy.control.KnownRoots;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.dns.DnsSettings;
import dev.lateen.proxy.listener.ListenerEnvironment;
import dev.lateen.proxy.listener.Listeners;
import dev.lateen.proxy.overload.Admission;
import dev.lateen.proxy.overload.Overload;
import dev.lateen.proxy.probe.HealthCheck;
import dev.lateen.proxy.probe.ProbeAsker;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Eviction;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tls.CertificateConfig;
import dev.lateen.proxy.tls.Revocations;
import dev.lateen.proxy.tls.Secret;
import dev.lateen.proxy.tls.Secrets;
import dev.lateen.proxy.xds.ResourceDecoders;
import dev.lateen.proxy.xds.Routes;
import dev.lateen.proxy.xds.RuntimeBuilder;
import dev.lateen.proxy.xds.SnapshotAssembler;
import dev.lateen.proxy.xds.StaticResources;
import dev.lateen.xds.ResourceType;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// A sidecar or gateway: started in the order in which `start` reads, drained and ended by SIGTERM.
///
/// Thread: `start`, `shutdown` and `close` main; the rest any.
public final class ProxyProcess implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ProxyProcess.class.getName());
    private static final Duration DRAIN_POLL = Duration.ofMillis(50);

    private final DrainConfig drain;
    private final EventLoops loops;
    private final EventLoops choresLoops;
    private final EventLoop chores;
    private final AccessLogs accessLogs;
    private final List<AdminServer> admin = new ArrayList<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Overload overload;
    private final ProxyRuntime runtime;
    private final KnownRoots knownRoots;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Set<ResourceType> awaited = EnumSet.noneOf(ResourceType.class);
    private final NameService names;
    private final Map<String, String> environment;
    private volatile Optional<HealthCheck> health = Optional.empty();
    private volatile boolean ready;

    private ProxyProcess(
            BootstrapConfig bootstrap,
            DrainConfig drain,
            int concurrency,
            Optional<DnsSettings> dns,
            Stats stats,
            int decisions,
            Map<String, String> environment) {
        this.drain = drain;
        this.environment = environment;
        this.names = new NameService(dns);
        this.loops = EventLoops.create("worker", concurrency);
        stats.computedGauge("server.concurrency", () -> concurrency);
        this.choresLoops = EventLoops.create("chores", 1);
        this.chores = choresLoops.at(0);
        this.knownRoots = bootstrap.identity().map(KnownRoots::of).orElse(KnownRoots.NONE);
        this.accessLogs = new AccessLogs(stats);
        Secrets secrets = new Secrets();
        Clusters clusters = new Clusters(new ClusterEnvironment(chores, stats, bootstrap.localZone()));
        Routes routes = new Routes(stats);
        Counter open = Admission.openConnections(stats);
        this.overload = new Overload(bootstrap.overload(), loops.allocator(), open::value, stats);
        RuntimeBuilder builder = new RuntimeBuilder(
                clusters,
                routes,
                bootstrap.node(),
                new RuntimeBuilder.Surrounding(stats, accessLogs, Clock.systemUTC(), overload, loops.all(), decisions));
        Listeners listeners = new Listeners(new ListenerEnvironment(
                loops,
                chores,
                secrets,
                builder,
                stats,
                drain.ofReplaced(),
                new Admission(bootstrap.connections().within(bootstrap.overload()), overload, stats)));
        SnapshotAssembler assembler = new SnapshotAssembler(
                chores, new ResourceDecoders(secrets, names.table()), clusters, routes, listeners);
        bootstrap.discovery().filter(DiscoveryConfig::clusters).ifPresent(_ -> awaited.add(ResourceType.CLUSTER));
        bootstrap.discovery().filter(DiscoveryConfig::listeners).ifPresent(_ -> awaited.add(ResourceType.LISTENER));
        bootstrap.discovery().filter(DiscoveryConfig::names).ifPresent(_ -> awaited.add(ResourceType.NAME_TABLE));
        this.runtime = new ProxyRuntime(
                bootstrap, stats, secrets, clusters, routes, listeners, assembler, builder.decisions());
    }

    /// Starts a proxy; returns when its static resources are in force.
    ///
    /// @throws ProxyStartException where something in the configuration is wrong, or a port is in use
    public static ProxyProcess start(ProxyOptions options) throws ProxyStartException {
        ProxyProcess process = create(options);
        process.begin();
        return process;
    }

    /// All that serves nobody yet.
    private static ProxyProcess create(ProxyOptions options) throws ProxyStartException {
        BootstrapConfig bootstrap = ProxyStart.readBootstrap(options);
        if (bootstrap.takesRedirected()) {
            ProxyStart.requireEpoll();
        }
        int concurrency = options.workers(bootstrap);
        Stats stats = ProxyStart.accepted(Stats.of(options.environment()));
        Optional<DnsSettings> dns = ProxyStart.accepted(DnsSettings.of(options.environment(), bootstrap));
        int decisions = ProxyStart.accepted(Decisions.kept(options.environment()));
        ProxyProcess process = new ProxyProcess(
                bootstrap,
                ProxyStart.accepted(DrainConfig.of(options)),
                concurrency,
                dns,
                stats,
                decisions,
                options.environment());
        stats.version(bootstrap.istioVersion());
        Eviction.whenFull(stats, process.choresLoops);
        ProxyStart.accepted(bootstrap.statsEviction())
                .ifPresent(interval -> Eviction.every(interval, stats, process.choresLoops));
        return process;
    }

    private void begin() throws ProxyStartException {
        try {
            loadStaticResources();
            openAdmin();
            names.start(loops, runtime.stats());
        } catch (ProxyStartException e) {
            close();
            throw e;
        }
        watchReadiness();
        overload.start(chores, runtime.listeners());
        followControlPlane();
    }

    private void loadStaticResources() throws ProxyStartException {
        List<String> refused = onChores(
                () -> StaticResources.load(runtime.bootstrap().resources().getStaticResources(), runtime.assembler()));
        if (!refused.isEmpty()) {
            throw new ProxyStartException(refused);
        }
    }

    private void watchReadiness() {
        chores.execute(() -> {
            runtime.assembler().afterChange(this::checkReady);
            checkReady();
        });
    }

    private void openAdmin() throws ProxyStartException {
        ProcessAdmin backend = new ProcessAdmin(this, chores);
        try {
            BootstrapConfig bootstrap = runtime.bootstrap();
            if (bootstrap.admin().isPresent()) {
                var api = new AdminApi(backend, runtime.clusters(), runtime.stats(), accessLogs, runtime.decisions());
                admin.add(AdminServer.start(choresLoops, bootstrap.admin().get(), api));
            }
            var asking = bootstrap.identity().map(one -> IdentityDuty.controlPlaneTls(one, runtime.secrets()));
            AppProber prober = AppProber.of(environment, choresLoops);
            for (SocketAddress address : bootstrap.agent()) {
                Optional<AppMetrics> application = ProxyStart.accepted(AppMetrics.at(address, bootstrap, environment));
                AgentApi api = new AgentApi(backend, runtime.stats(), runtime.decisions(), prober, application);
                admin.add(AdminServer.start(choresLoops, address, api, asking));
            }
        } catch (IOException e) {
            throw new ProxyStartException(List.of("admin: " + e.getMessage()));
        }
    }

    /// The root first: with a new authority, peers that show its certificates must be believed already.
    /// Lists that cannot be read leave whom we believe as it was.
    private void useIdentity(WorkloadCertificate certificate, String revocations) {
        Revocations.trusting(certificate.roots(), revocations)
                .ifPresent(trusted -> runtime.assembler().putLocal(IdentityDuty.ROOT, trusted));
        runtime.assembler()
                .putLocal(
                        IdentityDuty.CERTIFICATE,
                        new Secret.Certificate(new CertificateConfig(certificate.chain(), certificate.key())));
    }

    private void followControlPlane() throws ProxyStartException {
        BootstrapConfig bootstrap = runtime.bootstrap();
        Optional<IdentityDuty> identity = bootstrap
                .identity()
                .map(config -> new IdentityDuty(
                        config, choresLoops, knownRoots, this::useIdentity, Clock.systemUTC(), new SplittableRandom()));
        identity.ifPresent(IdentityDuty::start);
        Supplier<Optional<WorkloadCertificate>> own = () -> identity.flatMap(IdentityDuty::certificate);
        if (bootstrap.discovery().isPresent()) {
            DiscoveryStream stream = DiscoveryStream.create(
                    bootstrap,
                    bootstrap.discovery().get(),
                    choresLoops,
                    knownRoots,
                    own,
                    runtime.clusters(),
                    runtime.assembler());
            chores.execute(stream::start);
            health = ProxyStart.accepted(bootstrap.healthCheck())
                    .map(check -> HealthCheck.start(
                            check,
                            () -> ready ? Optional.empty() : Optional.of("the proxy is not ready"),
                            new ProbeAsker(choresLoops, bootstrap.address()),
                            found -> chores.execute(() -> stream.report(found))));
        }
    }

    private void checkReady() {
        if (!ready && runtime.assembler().settled(awaited)) {
            ready = true;
            LOG.log(System.Logger.Level.INFO, "ready");
        }
    }

    /// Whether the first configuration is in force.
    public boolean ready() {
        return ready && !runtime.listeners().draining();
    }

    public ProxyRuntime runtime() {
        return runtime;
    }

    /// The address that a listener is bound to, with the port that the system chose.
    public Optional<InetSocketAddress> address(String listener) {
        List<SocketAddress> addresses = onChores(() -> runtime.listeners().addresses(listener));
        return addresses.stream()
                .filter(InetSocketAddress.class::isInstance)
                .map(InetSocketAddress.class::cast)
                .findFirst();
    }

    /// Asks all connections to end soon and waits for that, then ends. Blocks.
    public void shutdown() {
        // The log has a shutdown hook of its own, which may silence it before this line.
        System.err.println("INFO: draining for at most " + drain.atMost());
        health.ifPresent(HealthCheck::drain);
        chores.execute(this::drainListeners);
        long start = System.nanoTime();
        while (!drain.isOver(System.nanoTime() - start, runtime.listeners()::connectionCount)) {
            try {
                Thread.sleep(DRAIN_POLL);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        close();
    }

    /// Asks clients to end their connections soon. A sidecar goes on serving its application, which may have to
    /// call others to come to its end.
    ///
    /// Thread: chores.
    void drainListeners() {
        runtime.listeners().drain(runtime.bootstrap().isSidecar());
    }

    /// Drains and ends, as SIGTERM does; returns at once.
    void quit() {
        Thread.ofPlatform().name("quit").start(this::shutdown);
    }

    /// The addresses of the admin API and the agent's endpoints.
    public List<SocketAddress> adminAddresses() {
        return admin.stream().map(AdminServer::address).toList();
    }

    /// Ends now.
    @Override
    public void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        admin.forEach(AdminServer::close);
        health.ifPresent(HealthCheck::close);
        names.close();
        onChores(() -> {
            runtime.listeners().close();
            return true;
        });
        loops.close();
        choresLoops.close();
        accessLogs.close();
        ended.countDown();
    }

    /// Waits for the end.
    public void await() throws InterruptedException {
        ended.await();
    }

    private <T> T onChores(Callable<T> action) {
        try {
            return chores.submit(action).get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a chore failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the chores loop does not answer", e);
        }
    }

    /// Runs until SIGTERM; then drains and ends the JVM with status 0.
    ///
    /// @return the exit status where it could not start
    public static int run(ProxyOptions options) throws InterruptedException {
        try {
            ProxyProcess process = create(options);
            // Before anybody is served, so that whoever got an answer can also end us in order.
            Runtime.getRuntime().addShutdownHook(new Thread(process::endBySignal));
            process.begin();
            process.await();
            return 0;
        } catch (ProxyStartException e) {
            LOG.log(System.Logger.Level.ERROR, e.getMessage());
            return 1;
        }
    }

    /// A JVM that a signal ends exits with 143; having drained, we have ended as asked.
    private void endBySignal() {
        if (!closing.get()) {
            shutdown();
            Runtime.getRuntime().halt(0);
        }
    }

    /// For tests and the bench: `-c FILE [--concurrency N]`.
    public static void main(String[] args) throws InterruptedException {
        Optional<Path> file = Optional.empty();
        OptionalInt concurrency = OptionalInt.empty();
        for (int index = 0; index + 1 < args.length; index += 2) {
            switch (args[index]) {
                case "-c" -> file = Optional.of(Path.of(args[index + 1]));
                case "--concurrency" -> concurrency = OptionalInt.of(Integer.parseInt(args[index + 1]));
                default -> throw new IllegalArgumentException("unknown option " + args[index]);
            }
        }
        System.exit(run(new ProxyOptions(file, concurrency, ProxyOptions.Role.SIDECAR, System.getenv())));
    }
}
