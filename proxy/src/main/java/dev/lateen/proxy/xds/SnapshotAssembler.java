package dev.lateen.proxy.xds;

import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterConfig;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.cluster.EndpointsConfig;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.listener.ListenerConfig;
import dev.lateen.proxy.listener.Listeners;
import dev.lateen.proxy.route.RouteConfig;
import dev.lateen.proxy.tls.Secret;
import dev.lateen.proxy.tls.SecretFiles;
import dev.lateen.proxy.tls.SecretRef;
import dev.lateen.proxy.tls.Secrets;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.client.ResourceUpdate;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Takes resources as they come and puts them in force so that nothing refers to what is not there yet: clusters at
/// once, then routes and listeners when every new cluster knows its hosts and every route and secret that a listener
/// names has arrived; what is gone goes last. One bad resource is refused by itself, and the last good version stays.
///
/// Limits: after `WAIT` a listener or route goes live with what there is, as Envoy does.
///
/// Thread: chores loop.
public final class SnapshotAssembler {
    static final Duration WAIT = Duration.ofSeconds(15);
    private static final Duration BIND_AGAIN = Duration.ofSeconds(1);
    private static final System.Logger LOG = System.getLogger(SnapshotAssembler.class.getName());

    private final EventLoop chores;
    private final ResourceDecoders decoders;
    private final Clusters clusters;
    private final Routes routes;
    private final Listeners listeners;
    private final Secrets secrets;
    private final SecretFiles secretFiles;
    private final Map<String, ListenerConfig> knownListeners = new LinkedHashMap<>();
    private final Map<String, ClusterConfig> knownClusters = new LinkedHashMap<>();
    private final Map<String, EndpointsConfig> knownEndpoints = new HashMap<>();
    private final Map<String, RouteConfig> knownRoutes = new HashMap<>();
    private final Map<String, Long> stagedListeners = new LinkedHashMap<>();
    private final Map<String, Long> stagedRoutes = new LinkedHashMap<>();
    /// Why listeners could not be bound, by name.
    private final Map<String, String> failedListeners = new HashMap<>();
    private boolean bindPlanned;
    private final Set<String> leavingClusters = new LinkedHashSet<>();
    private final Map<Cluster, Long> warming = new HashMap<>();
    private final Map<ResourceType, Map<String, AcceptedResource>> accepted = new EnumMap<>(ResourceType.class);
    private final InstantSource clock = InstantSource.system();
    private final ResourceMemory memory =
            new ResourceMemory(Runtime.getRuntime().maxMemory());
    private final Set<ResourceType> arrived = new HashSet<>();
    private Subscriptions subscriptions = (_, _) -> {};
    private Runnable afterChange = () -> {};

    public SnapshotAssembler(
            EventLoop chores, ResourceDecoders decoders, Clusters clusters, Routes routes, Listeners listeners) {
        this.chores = chores;
        this.decoders = decoders;
        this.clusters = clusters;
        this.routes = routes;
        this.listeners = listeners;
        this.secrets = decoders.secrets();
        this.secretFiles = new SecretFiles(secrets, chores, this::advance);
    }

    /// Where names that resources refer to are asked for.
    public void subscriptions(Subscriptions subscriptions) {
        this.subscriptions = subscriptions;
        subscribe();
    }

    /// Runs after each change of what is in force.
    public void afterChange(Runnable action) {
        afterChange = action;
    }

    /// Takes a response.
    ///
    /// @return why resources of it were refused, by name; empty if all were taken
    public Map<String, String> update(ResourceUpdate update) {
        arrived.add(update.type());
        return update(update, false);
    }

    /// As `update`, for resources of the bootstrap, which say nothing about what the control plane has sent.
    public Map<String, String> updateStatic(ResourceUpdate update) {
        return update(update, true);
    }

    private Map<String, String> update(ResourceUpdate update, boolean fixed) {
        Map<String, String> refused = new LinkedHashMap<>();
        for (ResourceUpdate.Received received : update.changed()) {
            int size = received.resource().getValue().size();
            Optional<String> reason = memory.refusal(size, () -> take(update.type(), received));
            reason.ifPresent(text -> refused.put(received.name(), text));
            if (reason.isEmpty()) {
                acceptedOf(update.type()).put(received.name(), new AcceptedResource(received, clock.instant(), fixed));
            }
        }
        update.removed().forEach(name -> remove(update.type(), name));
        subscribe();
        advance();
        return refused;
    }

    /// Something outside has changed (a secret of our own): looks again at what waits.
    public void advance() {
        if (warmingIsOver()) {
            releaseRoutes();
            releaseListeners();
            if (stagedListeners.isEmpty() && stagedRoutes.isEmpty()) {
                leavingClusters.forEach(clusters::remove);
                leavingClusters.clear();
            }
        }
        afterChange.run();
    }

    /// Whether a first set of each of these types has come and nothing waits any more.
    public boolean settled(Set<ResourceType> types) {
        return arrived.containsAll(types) && stagedListeners.isEmpty() && stagedRoutes.isEmpty() && warming.isEmpty();
    }

    /// The last good versions of a type's resources, for the admin API.
    public List<AcceptedResource> accepted(ResourceType type) {
        return List.copyOf(acceptedOf(type).values());
    }

    private Map<String, AcceptedResource> acceptedOf(ResourceType type) {
        return accepted.computeIfAbsent(type, _ -> new LinkedHashMap<>());
    }

    /// A resource that was taken.
    ///
    /// @param fixed it came from the bootstrap
    public record AcceptedResource(ResourceUpdate.Received received, Instant at, boolean fixed) {}

    /// What is being waited for, for people; empty when nothing is.
    public String waitingFor() {
        List<String> reasons = new ArrayList<>();
        warming.keySet().forEach(cluster -> reasons.add("endpoints of cluster " + cluster.name()));
        for (String name : stagedListeners.keySet()) {
            ListenerConfig config = knownListeners.get(name);
            if (config != null) {
                missing(config).forEach(missing -> reasons.add("listener " + name + " needs " + missing));
            }
        }
        reasons.addAll(failedListeners.values());
        return String.join("; ", reasons);
    }

    private Optional<String> take(ResourceType type, ResourceUpdate.Received named) {
        return switch (type) {
            case CLUSTER -> taken(decoders.cluster(named.resource()), this::takeCluster);
            case ENDPOINT -> taken(decoders.endpoints(named.resource()), this::takeEndpoints);
            case LISTENER -> takeListener(decoders.listener(named.resource()));
            case ROUTE -> taken(decoders.routes(named.resource()), this::takeRoutes);
            case SECRET ->
                taken(
                        decoders.secret(named.resource()),
                        secret -> secrets.put(new SecretRef(named.name(), SecretRef.Origin.ADS), secret));
            case NAME_TABLE -> decoders.names().take(named.resource());
            case EXTENSION_CONFIG -> Optional.of(type.shortName() + " is not supported by this proxy yet");
        };
    }

    private static <T> Optional<String> taken(Decoded<T> decoded, java.util.function.Consumer<T> action) {
        return switch (decoded) {
            case Decoded.Ok<T>(T value) -> {
                action.accept(value);
                yield Optional.empty();
            }
            case Decoded.Rejected<T>(String reason) -> Optional.of(reason);
        };
    }

    private void takeCluster(ClusterConfig config) {
        leavingClusters.remove(config.name());
        knownClusters.put(config.name(), config);
        Cluster cluster = clusters.put(config);
        ResourceDecoders.edsName(config).map(knownEndpoints::get).ifPresent(known -> {
            if (!cluster.warm()) {
                clusters.assign(known);
            }
        });
        if (!cluster.warm() && !warming.containsKey(cluster)) {
            warming.put(cluster, deadline());
            cluster.whenWarm(() -> {
                warming.remove(cluster);
                chores.execute(this::advance);
            });
        }
    }

    private void takeEndpoints(EndpointsConfig endpoints) {
        knownEndpoints.put(endpoints.clusterName(), endpoints);
        clusters.assign(endpoints);
    }

    private void takeRoutes(RouteConfig config) {
        knownRoutes.put(config.name(), config);
        stagedRoutes.putIfAbsent(config.name(), deadline());
    }

    private Optional<String> takeListener(Decoded<ListenerConfig> decoded) {
        if (!(decoded instanceof Decoded.Ok<ListenerConfig>(ListenerConfig config))) {
            return taken(decoded, _ -> {});
        }
        ListenerConfig known = knownListeners.get(config.name());
        if (known != null && known.fingerprint().equals(config.fingerprint())) {
            return Optional.empty();
        }
        Optional<String> taken = listeners.probe(config);
        if (taken.isEmpty()) {
            knownListeners.put(config.name(), config);
            stagedListeners.putIfAbsent(config.name(), deadline());
        }
        return taken;
    }

    private void remove(ResourceType type, String name) {
        acceptedOf(type).remove(name);
        switch (type) {
            case CLUSTER -> {
                knownClusters.remove(name);
                warming.keySet().removeIf(cluster -> cluster.name().equals(name));
                leavingClusters.add(name);
            }
            case LISTENER -> {
                knownListeners.remove(name);
                stagedListeners.remove(name);
                failedListeners.remove(name);
                listeners.remove(name);
            }
            // The routes and secrets in force stay while a listener refers to them; endpoints leave with their cluster.
            case ROUTE -> knownRoutes.remove(name);
            case ENDPOINT -> knownEndpoints.remove(name);
            case SECRET, EXTENSION_CONFIG, NAME_TABLE -> {}
        }
    }

    private long deadline() {
        chores.schedule(this::advance, WAIT.toMillis() + 1, TimeUnit.MILLISECONDS);
        return System.nanoTime() + WAIT.toNanos();
    }

    private static boolean passed(long deadline) {
        return System.nanoTime() - deadline >= 0;
    }

    private boolean warmingIsOver() {
        warming.entrySet().removeIf(entry -> {
            if (passed(entry.getValue())) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "cluster {0} goes live without endpoints: none came in {1}",
                        entry.getKey().name(),
                        WAIT);
                return true;
            }
            return false;
        });
        return warming.isEmpty();
    }

    private void releaseRoutes() {
        for (String name : List.copyOf(stagedRoutes.keySet())) {
            stagedRoutes.remove(name);
            RouteConfig config = knownRoutes.get(name);
            if (config != null) {
                routes.put(config);
            }
        }
    }

    private void releaseListeners() {
        Iterator<Map.Entry<String, Long>> staged = stagedListeners.entrySet().iterator();
        while (staged.hasNext()) {
            Map.Entry<String, Long> entry = staged.next();
            ListenerConfig config = knownListeners.get(entry.getKey());
            if (config == null) {
                staged.remove();
                continue;
            }
            List<String> missing = missing(config);
            if (!missing.isEmpty() && !passed(entry.getValue())) {
                continue;
            }
            if (!missing.isEmpty()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "listener {0} goes live without {1}: not there after {2}",
                        config.name(),
                        String.join(", ", missing),
                        WAIT);
            }
            Optional<String> failure = listeners.put(config);
            if (failure.isEmpty()) {
                failedListeners.remove(config.name());
                staged.remove();
            } else {
                retryLater(config.name(), failure.get());
            }
        }
    }

    /// The port was free when the listener was accepted and has been taken since. It stays staged, so that this
    /// proxy is not ready, and is tried again.
    private void retryLater(String listener, String failure) {
        if (!failure.equals(failedListeners.put(listener, failure))) {
            LOG.log(System.Logger.Level.ERROR, "{0}; trying again every {1}", failure, BIND_AGAIN);
        }
        if (!bindPlanned) {
            bindPlanned = true;
            chores.schedule(
                    () -> {
                        bindPlanned = false;
                        advance();
                    },
                    BIND_AGAIN.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private List<String> missing(ListenerConfig config) {
        List<String> missing = new ArrayList<>();
        for (String name : ResourceDecoders.routeNames(config)) {
            if (!knownRoutes.containsKey(name)) {
                missing.add("route " + name);
            }
        }
        for (SecretRef ref : ResourceDecoders.secretRefs(config)) {
            if (!secrets.has(List.of(ref))) {
                missing.add("secret " + ref.name());
            }
        }
        return missing;
    }

    private void subscribe() {
        Set<String> endpointNames = new LinkedHashSet<>();
        Set<String> routeNames = new LinkedHashSet<>();
        Set<SecretRef> needed = new LinkedHashSet<>();
        for (ClusterConfig config : knownClusters.values()) {
            ResourceDecoders.edsName(config).ifPresent(endpointNames::add);
            needed.addAll(ResourceDecoders.secretRefs(config));
        }
        for (ListenerConfig config : knownListeners.values()) {
            routeNames.addAll(ResourceDecoders.routeNames(config));
            needed.addAll(ResourceDecoders.secretRefs(config));
        }
        knownEndpoints.keySet().retainAll(endpointNames);
        knownRoutes.keySet().retainAll(routeNames);
        subscriptions.want(ResourceType.ENDPOINT, endpointNames);
        subscriptions.want(ResourceType.ROUTE, routeNames);
        subscriptions.want(
                ResourceType.SECRET,
                needed.stream()
                        .filter(ref -> ref.origin() == SecretRef.Origin.ADS)
                        .map(SecretRef::name)
                        .collect(Collectors.toCollection(LinkedHashSet::new)));
        secretFiles.want(needed);
    }

    /// Secrets of the bootstrap.
    public void putStatic(String name, Secret secret) {
        secrets.put(new SecretRef(name, SecretRef.Origin.STATIC), secret);
    }

    /// Secrets that this process makes.
    public void putLocal(String name, Secret secret) {
        secrets.put(new SecretRef(name, SecretRef.Origin.LOCAL), secret);
        advance();
    }
}
