package dev.lateen.control.cluster;

import dev.lateen.control.source.ConfigFile;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.cluster.ClusterWatch;
import dev.lateen.kubernetes.cluster.WatchedKind;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.istio.ServiceEntry.WorkloadEntry;
import dev.lateen.model.validate.ResourceReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Watches the objects of a cluster and reports what changes in them, as checked resources. Each object is a file of
/// its own, whose name says kind, namespace and name.
///
/// Where the API server does not answer, what was known stays in force.
///
/// Thread: its own; reports come in order, the first of them with everything there is.
public final class ClusterSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterSource.class);
    private static final Set<String> STATUS_COUNTS = Set.of("Pod", "Service");
    private static final Duration SECRETS = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Cluster cluster;
    private final ClusterSettings settings;
    private final ResourceReader reader;
    private final ClusterFacts facts;
    private final ResourceStates states;
    private final Executor loop;
    private final Consumer<List<ConfigFile>> changes;
    private final BlockingQueue<ClusterEvent> queue = new LinkedBlockingQueue<>();
    private final GatewayCredentials credentials;
    private final SecretWatches secrets;
    private final DiscoveryScope scope;
    private final Thread thread;
    private @Nullable ClusterWatch watch;

    /// @param facts learns what only injection needs
    /// @param states learns what only the status of resources needs
    /// @param loop takes reports and news for `states`, in their order
    /// @param changes gets the first report once everything has been listed, on the loop
    public ClusterSource(
            Cluster cluster,
            ClusterSettings settings,
            ClusterFacts facts,
            ResourceStates states,
            Executor loop,
            Consumer<List<ConfigFile>> changes) {
        this.cluster = cluster;
        this.settings = settings;
        this.reader = ResourceReader.create();
        this.facts = facts;
        this.states = states;
        this.loop = loop;
        this.changes = changes;
        this.secrets = new SecretWatches(cluster, queue::add);
        this.scope = new DiscoveryScope(facts);
        this.credentials = new GatewayCredentials(facts.ingresses()::credentials);
        this.thread = Thread.ofPlatform().name("cluster-source").daemon().unstarted(this::run);
    }

    public void start() throws ClusterException {
        watch = cluster.watch(MeshKinds.of(settings), queue::add);
        watch.listed().whenComplete((_, failure) -> {
            if (failure == null) {
                thread.start();
            } else { // an answer that is none of an API server's: nothing else would say why this control plane is not
                // ready
                LOG.atError().setCause(failure).log("the cluster's objects cannot be read");
            }
        });
    }

    @Override
    public void close() {
        ClusterWatch open = watch;
        if (open != null) {
            open.close();
        }
        thread.interrupt();
    }

    private void run() {
        try (secrets) {
            List<ClusterEvent> first = new ArrayList<>(mine(drained(new ArrayList<>())));
            secrets.follow(wanted(first));
            secrets.await(SECRETS);
            // With what has come meanwhile; what is told twice changes nothing.
            List<ClusterEvent> meanwhile = mine(drained(new ArrayList<>()));
            boolean watched = secrets.follow(wanted(meanwhile));
            first.addAll(meanwhile);
            report(first);
            while (true) {
                try {
                    watched = next(watched);
                } catch (RuntimeException | VirtualMachineError failure) {
                    LOG.atError().setCause(failure).log("changes in the cluster were lost");
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for what happens next, or until it is time to ask again.
    ///
    /// @param watched whether all secrets that are wanted are watched
    /// @return whether they are now
    private boolean next(boolean watched) throws InterruptedException {
        List<ClusterEvent> told = new ArrayList<>();
        ClusterEvent event = queue.poll(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        if (event != null) {
            told.add(event);
        }
        List<ClusterEvent> events = mine(drained(told));
        if (!events.isEmpty()) {
            report(events);
        }
        boolean others = events.stream().filter(credentials::onEvent).count() > 0;
        return (watched && !others) || secrets.follow(credentials.wanted());
    }

    /// What of the events this control plane goes by, with what it has to go by or to forget because of them. A list
    /// that cannot be had is asked for again.
    private List<ClusterEvent> mine(List<ClusterEvent> events) {
        events.forEach(facts::onEvent);
        List<ClusterEvent> mine = new ArrayList<>(scope.left());
        mine.addAll(scope.pass(events));
        for (String namespace : scope.missing()) {
            List<ClusterEvent> objects = new ArrayList<>();
            try {
                for (WatchedKind kind : MeshKinds.inNamespaces()) {
                    objects.addAll(cluster.objects(kind, namespace));
                }
                mine.addAll(scope.listed(namespace, objects));
                LOG.atInfo().addKeyValue("namespace", namespace).log("a namespace is part of the mesh now");
            } catch (ClusterException e) {
                LOG.atWarn()
                        .addKeyValue("namespace", namespace)
                        .addKeyValue("reason", e.getMessage())
                        .log("what a namespace holds cannot be listed, trying again");
            }
        }
        return mine;
    }

    private Set<GatewayCredentials.Name> wanted(List<ClusterEvent> events) {
        events.forEach(credentials::onEvent);
        return credentials.wanted();
    }

    private List<ClusterEvent> drained(List<ClusterEvent> events) {
        queue.drainTo(events);
        return events;
    }

    private void report(List<ClusterEvent> events) {
        // Of several states of an object that came at once, the last counts.
        Map<String, ConfigFile> files = new LinkedHashMap<>();
        List<ResourceStates.News> news = new ArrayList<>();
        for (ClusterEvent event : events) {
            ResourceStates.of(event).ifPresent(news::add);
            file(event).ifPresent(file -> files.put(file.name(), file));
        }
        List<ConfigFile> report = List.copyOf(files.values());
        loop.execute(() -> {
            changes.accept(report);
            states.take(news);
        });
    }

    private Optional<ConfigFile> file(ClusterEvent event) {
        String name = event.namespace().isEmpty()
                ? event.kind() + "/" + event.name()
                : event.kind() + "/" + event.namespace() + "/" + event.name();
        if (facts.isOwn(event)) {
            return Optional.empty();
        }
        return switch (event) {
            case ClusterEvent.Gone _ -> gone(event, name);
            case ClusterEvent.Seen(var kind, var _, var _, var object) -> {
                if (kind.equals("Pod") && PodExtract.isOver(object)) {
                    yield Optional.of(new ConfigFile.Gone(name));
                }
                ObjectNode tree = switch (kind) {
                    case "Pod" -> PodExtract.of(object);
                    case "Node" -> NodeExtract.of(object);
                    case "Secret" -> GatewayCredentials.extract(object);
                    case "ConfigMap" -> SettingsMaps.plain(object);
                    default -> object;
                };
                if (kind.equals("WorkloadEntry")) {
                    healthOnly(tree);
                } else if (!STATUS_COUNTS.contains(kind)) {
                    tree.remove("status"); // our own words there are no news of the resource
                }
                // Nor that the object has got a new version by them.
                Trees.into(tree, "metadata").remove(List.of("resourceVersion", "generation"));
                yield Optional.of(new ConfigFile.Present(name, reader.read(tree.toString(), name)));
            }
        };
    }

    /// Of an entry, how its workload is counts, and not when it was asked.
    private static void healthOnly(ObjectNode entry) {
        List<ObjectNode> conditions = Trees.objects(entry, "status", "conditions").stream()
                .filter(condition -> Trees.text(condition, "type").equals(WorkloadEntry.HEALTHY))
                .map(condition ->
                        Trees.object("type", WorkloadEntry.HEALTHY, "status", Trees.text(condition, "status")))
                .toList();
        entry.remove("status");
        if (!conditions.isEmpty()) {
            entry.set("status", Trees.object("conditions", Trees.array(conditions)));
        }
    }

    /// Settings that somebody deletes stay in force: without them every proxy would be told something else.
    private Optional<ConfigFile> gone(ClusterEvent event, String name) {
        if (facts.isMeshSettings(event)) {
            LOG.atWarn().addKeyValue("file", name).log("the mesh's settings were deleted: they stay in force");
            return Optional.empty();
        }
        return Optional.of(new ConfigFile.Gone(name));
    }
}
