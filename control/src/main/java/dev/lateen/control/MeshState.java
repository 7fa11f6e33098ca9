package dev.lateen.control;

import dev.lateen.control.keys.IssuerKeys;
import dev.lateen.control.lists.AccessListSources;
import dev.lateen.control.networks.GatewayAddresses;
import dev.lateen.control.push.Proxies;
import dev.lateen.control.push.PushScheduler;
import dev.lateen.control.source.ChangeListener;
import dev.lateen.control.source.ChangeListener.Cause;
import dev.lateen.control.source.ConfigFile;
import dev.lateen.control.status.Findings;
import dev.lateen.control.store.ResourceStatus.Verdict;
import dev.lateen.control.store.ResourceStore;
import dev.lateen.control.store.StoreChange;
import dev.lateen.control.trust.BundleServers;
import dev.lateen.control.trust.OwnTrustDomain;
import dev.lateen.control.trust.TrustBundleSources;
import dev.lateen.identity.Pem;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshNetworks;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.mesh.Workload;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Position;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way of a change: files → store → snapshot → proxies.
///
/// Thread: control loop, except `loaded`.
final class MeshState implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MeshState.class);
    /// A change of only these is urgent: requests are going to the wrong place now.
    private static final Set<String> ENDPOINT_KINDS = Set.of("Pod", "Endpoints", "EndpointSlice", "WorkloadEntry");

    private static final Duration CHECK_AFTER = Duration.ofMillis(300);

    private final ResourceStore store = new ResourceStore();
    private final SnapshotBuilder builder;
    private final MeshConfigReader meshConfig = new MeshConfigReader();
    private final PushScheduler scheduler;
    private final Proxies proxies;
    private final InstantSource clock;
    private final CountDownLatch loaded = new CountDownLatch(1);
    private final CountDownLatch settled = new CountDownLatch(1);
    private final Findings findings = new Findings();
    private final ControlLoop loop;
    private final IssuerKeys keys;
    private final AccessListSources lists;
    private final TrustBundleSources bundles;
    private final GatewayAddresses gateways;
    private final Map<ResourceKey, Long> generations = new HashMap<>();
    private final Set<ResourceKey> notYetPushed = new HashSet<>();
    private final OwnTrustDomain trustDomain;
    private List<Diagnostic> settingsProblems = List.of();
    private final ChangeListener changes;
    /// What the next push is for.
    private final Set<Cause> causes = EnumSet.noneOf(Cause.class);
    private boolean checkDue;
    private Consumer<StoreChange> resourceListener = _ -> {};
    private volatile Consumer<MeshSnapshot> listener = _ -> {};
    private volatile MeshSnapshot snapshot;
    private volatile Mapping settings;
    private volatile List<X509Certificate> roots = List.of();

    /// Errors: `IOException` where a file that the settings name cannot be read.
    MeshState(ControlPlaneSettings how, ControlLoop loop, Proxies proxies, ChangeListener changes, InstantSource clock)
            throws IOException {
        this.builder = new SnapshotBuilder(how.mesh());
        this.changes = changes;
        this.proxies = proxies;
        this.loop = loop;
        this.clock = clock;
        this.scheduler = new PushScheduler(how.timing(), clock, loop::after, this::push);
        this.keys = new IssuerKeys(how.keys(), loop, loop::after, this::onFetched, changes::keysFetched);
        this.lists = new AccessListSources(how.config(), loop, loop::after, this::onFetched);
        this.bundles = new TrustBundleSources(
                how.keys(),
                BundleServers.fetcher(how.identity().bundleAuthorities()),
                loop,
                loop::after,
                this::onFetched);
        this.gateways = new GatewayAddresses(loop, loop::after, this::onFetched);
        this.trustDomain = new OwnTrustDomain(how.trustDomain());
        this.settings = trustDomain.complete(new Mapping(Map.of(), Position.UNKNOWN));
        builder.mesh(MeshConfig.of(this.settings));
        this.snapshot = builder.build();
        loop.execute(() -> proxies.onProblems(this::checkLater));
    }

    ResourceStore store() {
        return store;
    }

    Findings findings() {
        return findings;
    }

    /// Since which state of the mesh each resource is in force as it is.
    Map<ResourceKey, Long> generations() {
        return Map.copyOf(generations);
    }

    /// The latest snapshot. Thread: any.
    MeshSnapshot snapshot() {
        return snapshot;
    }

    /// The mesh's own settings as they were written; the same object while they do not change. Thread: any.
    Mapping settings() {
        return settings;
    }

    /// Tells the latest snapshot and all later ones. Thread: any.
    void onSnapshot(Consumer<MeshSnapshot> action) throws InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        loop.execute(() -> {
            listener = action;
            action.accept(snapshot);
            told.countDown();
        });
        told.await();
    }

    /// Has `action` hear of each change of resources; before the first of them. Thread: control loop.
    void onChange(Consumer<StoreChange> action) {
        resourceListener = action;
    }

    /// Whose address that is.
    Optional<Workload> workloadAt(String address) {
        return builder.workloadAt(address);
    }

    /// Opens when the configuration has been read for the first time.
    CountDownLatch loaded() {
        return loaded;
    }

    /// Opens when every issuer of tokens has been asked for its keys once, and every list has been read or failed.
    CountDownLatch settled() {
        return settled;
    }

    void onFiles(List<ConfigFile> files) {
        StoreChange change = store.apply(files);
        files.forEach(MeshState::report);
        builder.put(change.put());
        builder.remove(change.removed());
        findings.change(change.put(), change.removed());
        change.put().forEach(resource -> {
            notYetPushed.add(resource.key());
            count(resource.key());
        });
        change.removed().forEach(key -> {
            count(key);
            notYetPushed.remove(key);
            generations.remove(key);
        });
        resourceListener.accept(change);
        if (concernsMesh(change)) {
            MeshConfigReader.MeshSettingsTree read = meshConfig.read(store.resources());
            Mapping written = read.meshConfig();
            settings = trustDomain.complete(written);
            builder.mesh(MeshConfig.of(settings));
            builder.networks(MeshNetworks.of(read.meshNetworks()));
            settingsProblems = trustDomain.problems(written);
        }
        if (change.put().stream().anyMatch(resource -> resource.key().kind().equals("RequestAuthentication"))) {
            keys.want(builder.keyAddresses()); // so that the push finds keys of issuers that are quick
        }
        if (change.put().stream().anyMatch(resource -> resource.key().kind().equals("AccessList"))) {
            lists.want(builder.listAddresses());
        }
        bundles.want(builder.bundleAddresses());
        if (loaded.getCount() > 0) {
            push(clock.instant());
            loaded.countDown();
            if (isSettled()) {
                settled.countDown();
            }
            checkLater();
        } else if (!change.isEmpty()) {
            scheduler.changed(onlyEndpoints(change));
        }
    }

    private boolean isSettled() {
        return keys.areSettled() && lists.areSettled() && bundles.areSettled() && gateways.areSettled();
    }

    private void onFetched() {
        boolean otherKeys = builder.keySets(keys.keys());
        boolean otherBundles = builder.trustBundles(bundles.bundles());
        boolean otherGateways = builder.gatewayAddresses(gateways.addresses());
        boolean other = builder.accessLists(lists.lists()) || otherKeys || otherBundles || otherGateways;
        if (settled.getCount() > 0 && isSettled()) {
            // At the start, nobody is to be told that there are no keys, or that a list is empty, while others are
            // still being asked.
            push(clock.instant());
            settled.countDown();
        } else if (other) {
            causes.add(Cause.GLOBAL);
            scheduler.changed(false);
        }
        checkLater();
    }

    /// The mesh's own authority has these certificates.
    /// @param revocations in PEM
    void onRoots(List<X509Certificate> certificates, String revocations) {
        roots = List.copyOf(certificates);
        if (builder.ownRoots(Pem.encode(certificates) + revocations)) {
            causes.add(Cause.GLOBAL);
            scheduler.changed(false);
        }
    }

    /// What the mesh's own authority signs leads to these. Thread: any.
    List<X509Certificate> roots() {
        return roots;
    }

    /// Fetches nothing any more.
    @Override
    public void close() {
        keys.close();
        lists.close();
        bundles.close();
        gateways.close();
    }

    /// Pushes what there is, without waiting for a change.
    void pushNow() {
        causes.add(Cause.DEBUG);
        push(clock.instant());
    }

    private void push(Instant since) {
        Instant start = clock.instant();
        changes.triggered(causes, Duration.between(since, start));
        boolean endpointsAlone = causes.equals(EnumSet.of(Cause.ENDPOINT));
        causes.clear();
        MeshSnapshot next = builder.build();
        changes.built(Duration.between(start, clock.instant()));
        snapshot = next;
        listener.accept(next);
        notYetPushed.forEach(key -> generations.put(key, next.generation()));
        notYetPushed.clear();
        proxies.push(next, next.generation() + "@" + since, since);
        keys.want(builder.keyAddresses());
        lists.want(builder.listAddresses());
        gateways.want(builder.gatewayNames());
        if (!endpointsAlone) {
            // Not sooner: what is wrong with a patch shows only when it is translated.
            checkLater();
        }
    }

    private void count(ResourceKey key) {
        Cause about = ENDPOINT_KINDS.contains(key.kind())
                ? Cause.ENDPOINT
                : switch (key.kind()) {
                    case "Service", "ServiceEntry" -> Cause.SERVICE;
                    case "Secret" -> Cause.SECRET;
                    default -> Cause.CONFIG;
                };
        causes.add(about);
        changes.update(about);
    }

    /// After the proxies have been served: what it finds changes nothing for them.
    private void checkLater() {
        if (!checkDue) {
            checkDue = true;
            loop.after(CHECK_AFTER, () -> {
                checkDue = false;
                List<Diagnostic> problems = new ArrayList<>(keys.problems());
                problems.addAll(lists.problems());
                problems.addAll(bundles.problems());
                problems.addAll(gateways.problems());
                problems.addAll(settingsProblems);
                problems.addAll(proxies.problems(snapshot));
                findings.check(store::resources, snapshot, problems);
                changes.refused(store.status().values().stream()
                        .filter(status -> status.verdict() != Verdict.ACCEPTED)
                        .count());
            });
        }
    }

    /// Whether the mesh's own settings may have changed.
    private static boolean concernsMesh(StoreChange change) {
        return change.put().stream().map(RawResource::key).anyMatch(MeshConfigReader::holdsSettings)
                || change.removed().stream().anyMatch(MeshConfigReader::holdsSettings);
    }

    private static boolean onlyEndpoints(StoreChange change) {
        return change.put().stream().map(RawResource::key).allMatch(MeshState::isEndpoint)
                && change.removed().stream().allMatch(MeshState::isEndpoint);
    }

    private static boolean isEndpoint(ResourceKey key) {
        return ENDPOINT_KINDS.contains(key.kind());
    }

    private static void report(ConfigFile file) {
        switch (file) {
            case ConfigFile.Present present -> {
                for (ParsedResource resource : present.resources()) {
                    for (Diagnostic diagnostic : resource.diagnostics()) {
                        (diagnostic.isError() ? LOG.atError() : LOG.atWarn()).log(Findings.withAdvice(diagnostic));
                    }
                }
            }
            case ConfigFile.Unreadable(var name, var reason) ->
                LOG.atError()
                        .addKeyValue("file", name)
                        .addKeyValue("reason", reason)
                        .log("a file cannot be read");
            case ConfigFile.Gone _ -> {}
        }
    }
}
