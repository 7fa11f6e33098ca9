package dev.lateen.control;

import dev.lateen.control.cluster.AuthoritySecret;
import dev.lateen.control.cluster.ClusterDuties;
import dev.lateen.control.cluster.ClusterFacts;
import dev.lateen.control.cluster.ClusterSettings;
import dev.lateen.control.cluster.ClusterSource;
import dev.lateen.control.cluster.ResourceStates;
import dev.lateen.control.cluster.StatusWriter;
import dev.lateen.control.dashboard.Dashboard;
import dev.lateen.control.debug.ControlMetrics;
import dev.lateen.control.debug.DebugServer;
import dev.lateen.control.debug.HttpBounds;
import dev.lateen.control.identity.AuthorityWatch;
import dev.lateen.control.identity.Callers;
import dev.lateen.control.identity.IssuerTokens;
import dev.lateen.control.identity.JoinTokens;
import dev.lateen.control.identity.NodeAdmission;
import dev.lateen.control.identity.ServerIdentity;
import dev.lateen.control.identity.Signers;
import dev.lateen.control.identity.TokenAuthenticator;
import dev.lateen.control.identity.TokenChain;
import dev.lateen.control.identity.TokenReviews;
import dev.lateen.control.identity.WorkloadSigner;
import dev.lateen.control.keys.KeyFetcher;
import dev.lateen.control.push.Proxies;
import dev.lateen.control.ratelimit.LimitStats;
import dev.lateen.control.ratelimit.LimitStore;
import dev.lateen.control.ratelimit.MeshLimiter;
import dev.lateen.control.source.ConfigFile;
import dev.lateen.control.source.DirectorySource;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.translate.Translator;
import dev.lateen.translate.policy.PolicyLimits;
import dev.lateen.xds.server.AdsLimits;
import dev.lateen.xds.server.AdsService;
import dev.lateen.xds.server.CertificateService;
import dev.lateen.xds.server.Gate;
import dev.lateen.xds.server.GrpcListener;
import dev.lateen.xds.server.Proof;
import dev.lateen.xds.server.RateLimitService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control plane as a whole: what it is made of, in the order in which it starts.
///
/// Thread: any.
public final class ControlPlane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
    private static final Duration LOADING = Duration.ofSeconds(60);
    private static final Duration FETCHING = Duration.ofSeconds(6);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ControlPlaneSettings settings;

    private final CertificateAuthority authority;
    private final JoinTokens tokens;
    private final ControlMetrics metrics;
    private final MeshState state;
    private final Proxies proxies;
    private final GrpcListener plaintext;
    private final GrpcListener secure;
    private final DebugServer debug;
    private OptionalInt webhooks = OptionalInt.empty();

    /// Starts everything and returns once the configuration is loaded and all ports answer.
    ///
    /// Errors: `IOException` that names the file or port at fault; nothing is left running then.
    public static ControlPlane start(ControlPlaneSettings settings) throws IOException {
        return new ControlPlane(settings, InstantSource.system());
    }

    private ControlPlane(ControlPlaneSettings settings, InstantSource clock) throws IOException {
        this.settings = settings;
        HttpBounds.set();
        try {
            Instant began = clock.instant();
            // 1. Who we are and whom we believe.
            Optional<Cluster> cluster = connect(clock);
            authority = CertificateAuthority.open(
                    ControlPlaneSettings.authority(settings.state()),
                    settings.identity().authority(settings.trustDomain()),
                    clock);
            tokens = JoinTokens.open(ControlPlaneSettings.joinKey(settings.state()), settings.trustDomain(), clock);
            Signers signers =
                    Signers.of(settings.identity(), authority, ControlPlaneSettings.external(settings.state()), clock);
            TokenAuthenticator proofs = tokenChain(clock);
            Callers callers = new Callers(proofs, settings.trustDomain());
            ServerIdentity own = new ServerIdentity(
                    authority,
                    signers.foreignRoots(),
                    ownNames(),
                    ownId(),
                    settings.identity().ownLifetime());
            metrics = new ControlMetrics(clock);

            // 2. The mesh and the proxies that want to know it.
            ControlLoop loop = opened(new ControlLoop());
            proxies = new Proxies(loop, new NodeAdmission(callers), new Translator(), metrics, clock);
            state = opened(new MeshState(settings, loop, proxies, metrics.changes(), clock));
            tellRoots(loop, signers);

            // 3. The configuration, before anybody can ask for it.
            ClusterFacts facts = new ClusterFacts(where(), metrics);
            ResourceStates states = new ResourceStates();
            WorkloadRegistry workloads = opened(WorkloadRegistry.open(settings, cluster, loop, state, proxies, clock));
            startSource(cluster, facts, states, loop, workloads);
            awaitConfiguration();
            awaitFetched();

            // 4. The ports.
            AdsService ads = opened(new AdsService(proxies, AdsLimits.DEFAULT, clock));
            MeshLimiter limiter = limiter(callers, clock);
            WorkloadSigner signer = new WorkloadSigner(callers, signers.issuer(), metrics::certificateRequest);
            int limit = AdsLimits.DEFAULT.maxRequestBytes();
            plaintext =
                    opened(GrpcListener.plaintext(at(settings.ports().plaintext()), List.of(ads.definition()), limit));
            secure = opened(GrpcListener.secure(
                    at(settings.ports().secure()),
                    own.tls(),
                    counting(callers),
                    List.of(
                            ads.definition(),
                            CertificateService.definition(signer),
                            RateLimitService.definition(limiter)),
                    limit));
            if (settings.ports().webhook().isPresent()) {
                webhooks = OptionalInt.of(opened(Webhooks.start(
                                at(settings.ports().webhook().getAsInt()), own.tls(), state, facts, where(), metrics))
                        .port());
            }
            metrics.newcomers(() -> plaintext.endedNewcomers() + secure.endedNewcomers());
            rotate(loop, own);
            opened(new AuthorityWatch(authority, own, metrics, () -> tellRoots(loop, signers)))
                    .start();
            startDuties(cluster, facts, states, workloads, new LiveMeshView(loop, state, proxies), clock);
            debug = opened(DebugServer.start(
                    at(settings.ports().debug()),
                    at(settings.ports().ready()),
                    new LiveMeshView(loop, state, proxies),
                    new DebugServer.Caller(Set.copyOf(ownNames()), proofs, where().namespace()),
                    limiter,
                    metrics));
            LiveMeshView view = new LiveMeshView(loop, state, proxies);
            Dashboard.Authority known = new Dashboard.Authority(authority::issued, own.tls());
            debug.serve(
                    Dashboard.PATH,
                    opened(
                            cluster.isPresent()
                                    ? Dashboard.ofCluster(view, clock, cluster.get(), settings.dashboard(), known)
                                    : Dashboard.ofDirectories(
                                            view, clock, settings.config(), settings.dashboard(), known)));
            metrics.started(Duration.between(began, clock.instant()));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        LOG.atInfo()
                .addKeyValue("plaintext", plaintext.port())
                .addKeyValue("secure", secure.port())
                .addKeyValue("debug", debug.debugPort())
                .log("the control plane is ready");
    }

    public int plaintextPort() {
        return plaintext.port();
    }

    public int securePort() {
        return secure.port();
    }

    public int debugPort() {
        return debug.debugPort();
    }

    public int readyPort() {
        return debug.readyPort();
    }

    /// Where API servers ask; empty where nobody was told to listen.
    public OptionalInt webhookPort() {
        return webhooks;
    }

    public CertificateAuthority authority() {
        return authority;
    }

    /// Issues the tokens by which workloads prove themselves the first time.
    public JoinTokens tokens() {
        return tokens;
    }

    /// Ends everything, the ports first.
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.atWarn().setCause(e).log("a part of the control plane did not close");
            }
        }
    }

    /// Who is turned away is seen in numbers.
    private Gate counting(Callers callers) {
        return (peer, service) -> {
            Proof proof = callers.check(peer, service);
            if (proof.refusal().isPresent()) {
                metrics.refusedCaller(service);
            }
            return proof;
        };
    }

    /// Counts what is limited for the whole mesh.
    private MeshLimiter limiter(Callers callers, InstantSource clock) throws IOException {
        LimitStats stats = new LimitStats();
        LimitStore store = opened(settings.limits().open(ControlPlaneSettings.quotas(settings.state()), stats, clock));
        MeshLimiter limiter = new MeshLimiter(callers::authenticate, store, stats);
        try {
            // Before the port opens: a rule that is not known yet would let requests pass uncounted.
            state.onSnapshot(mesh ->
                    limiter.rules(PolicyLimits.of(mesh), mesh.mesh().identity().rootNamespace()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the limits were read", e);
        }
        metrics.limits(stats, store::size);
        return limiter;
    }

    /// A cluster keeps the authority, too.
    private Optional<Cluster> connect(InstantSource clock) throws IOException {
        Optional<ClusterSettings> wanted = settings.cluster();
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        Cluster cluster = opened(wanted.get().connect());
        AuthoritySecret.settle(
                cluster,
                wanted.get().namespace(),
                ControlPlaneSettings.authority(settings.state()),
                settings.identity().authority(settings.trustDomain()),
                clock);
        return Optional.of(cluster);
    }

    private void startSource(
            Optional<Cluster> cluster,
            ClusterFacts facts,
            ResourceStates states,
            ControlLoop loop,
            WorkloadRegistry workloads)
            throws IOException {
        if (cluster.isPresent()) {
            ClusterSettings where = settings.cluster().orElseThrow();
            opened(new ClusterSource(cluster.get(), where, facts, states, loop, state::onFiles))
                    .start();
        } else {
            Consumer<List<ConfigFile>> changes = files -> {
                List<ConfigFile> all = workloads.completed(files);
                loop.execute(() -> state.onFiles(all));
            };
            opened(new DirectorySource(settings.config(), ResourceReader.create(), changes))
                    .start();
        }
    }

    private void startDuties(
            Optional<Cluster> cluster,
            ClusterFacts facts,
            ResourceStates states,
            WorkloadRegistry workloads,
            LiveMeshView mesh,
            InstantSource clock) {
        if (cluster.isPresent()) {
            String host = System.getenv().getOrDefault("HOSTNAME", "istiod");
            ClusterDuties duties = opened(new ClusterDuties(
                    cluster.get(),
                    settings.cluster().orElseThrow(),
                    facts,
                    authority::rootsPem,
                    host + "-" + ProcessHandle.current().pid()));
            duties.start();
            workloads.ledBy(duties::leads);
            opened(new StatusWriter(cluster.get(), states, mesh::findings, mesh::verdicts, duties::writesStatus, clock))
                    .start();
        }
    }

    private void tellRoots(ControlLoop loop, Signers signers) {
        List<X509Certificate> roots = Stream.concat(authority.roots().stream(), signers.foreignRoots().get().stream())
                .toList();
        loop.execute(() -> state.onRoots(roots, authority.revocations()));
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private TokenAuthenticator tokenChain(InstantSource clock) {
        KeyFetcher fetcher = opened(new KeyFetcher());
        return new TokenChain(
                tokens,
                settings.identity().issuers().stream()
                        .map(rule -> new IssuerTokens(rule, settings.trustDomain(), clock, fetcher))
                        .toList(),
                settings.identity()
                        .reviews()
                        .map(reviews ->
                                new TokenReviews(reviews.server(), reviews.audiences(), settings.trustDomain())));
    }

    private void awaitConfiguration() throws IOException {
        try {
            if (!state.loaded().await(LOADING.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("the configuration was not read within " + LOADING.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the configuration was read", e);
        }
    }

    /// An issuer or a list's address that does not answer holds up nobody for long.
    private void awaitFetched() throws IOException {
        try {
            if (!state.settled().await(FETCHING.toSeconds(), TimeUnit.SECONDS)) {
                LOG.atWarn()
                        .log("not every issuer of tokens or web address of a list has answered yet: the control"
                                + " plane starts without");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keys and lists were fetched", e);
        }
    }

    private static void rotate(ControlLoop loop, ServerIdentity own) {
        loop.after(own.rotateEvery(), () -> {
            own.rotate();
            rotate(loop, own);
        });
    }

    private ClusterSettings where() {
        return settings.cluster().orElse(ClusterSettings.NONE);
    }

    /// The usual name beside the one of its own revision: proxies and gateways of a mesh ask for either.
    private List<String> ownNames() {
        Set<String> names = new LinkedHashSet<>();
        for (String service : List.of("istiod", where().named("istiod"))) {
            for (String namespace : List.of(ClusterSettings.DEFAULT_NAMESPACE, where().namespace())) {
                names.add(service + "." + namespace + ".svc");
                names.add(service + "." + namespace + ".svc." + settings.mesh().clusterDomain());
                names.add(service + "." + namespace);
            }
        }
        names.addAll(List.of("localhost", "127.0.0.1", "::1", settings.ports().address()));
        return List.copyOf(names);
    }

    private SpiffeId ownId() {
        return new SpiffeId(settings.trustDomain(), where().namespace(), where().named("istiod"));
    }

    private InetSocketAddress at(int port) {
        return new InetSocketAddress(settings.ports().address(), port);
    }
}
