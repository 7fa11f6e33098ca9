package dev.lateen.control.cluster;

import dev.lateen.control.source.ConfigFile;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.cluster.ClusterWatch;
import dev.lateen.kubernetes.tree.Trees;
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
import tools.jackson.databind.node.ObjectNode;

/// Watches the objects of a cluster and reports what changes in them, as checked resources. Each object is a file of
/// its own, whose name says kind, namespace and name.
///
/// Where the API server does not answer, what was known stays in force.
///
/// Thread: its own; reports come in order, the first of them with everything there is.
public final class ClusterSource implements AutoCloseable {
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
    private final GatewayCredentials credentials = new GatewayCredentials();
    private final SecretWatches secrets;
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
        this.thread = Thread.ofPlatform().name("cluster-source").daemon().unstarted(this::run);
    }

    public void start() throws ClusterException {
        watch = cluster.watch(MeshKinds.in(settings.namespace()), queue::add);
        watch.listed().thenRun(thread::start);
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
            List<ClusterEvent> first = drained(new ArrayList<>());
            secrets.follow(wanted(first));
            secrets.await(SECRETS);
            // With what has come meanwhile; what is told twice changes nothing.
            boolean watched = secrets.follow(wanted(drained(first)));
            report(first);
            while (true) {
                List<ClusterEvent> events = new ArrayList<>();
                ClusterEvent event = queue.poll(RETRY.toMillis(), TimeUnit.MILLISECONDS);
                if (event != null) {
                    events.add(event);
                    report(drained(events));
                }
                boolean others = events.stream().filter(credentials::onEvent).count() > 0;
                if (others || !watched) {
                    watched = secrets.follow(credentials.wanted());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
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
            facts.onEvent(event);
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
        return switch (event) {
            case ClusterEvent.Gone _ -> Optional.of(new ConfigFile.Gone(name));
            case ClusterEvent.Seen(var kind, var _, var own, var object) -> {
                if (kind.equals("ConfigMap") && own.equals(ClusterFacts.INJECTOR)) {
                    yield Optional.empty();
                }
                if (kind.equals("Pod") && PodExtract.isOver(object)) {
                    yield Optional.of(new ConfigFile.Gone(name));
                }
                ObjectNode tree = switch (kind) {
                    case "Pod" -> PodExtract.of(object);
                    case "Secret" -> GatewayCredentials.extract(object);
                    default -> object;
                };
                if (!STATUS_COUNTS.contains(kind)) {
                    tree.remove("status"); // our own words there are no news of the resource
                }
                // Nor that the object has got a new version by them.
                Trees.into(tree, "metadata").remove(List.of("resourceVersion", "generation"));
                yield Optional.of(new ConfigFile.Present(name, reader.read(tree.toString(), name)));
            }
        };
    }
}
