package dev.lateen.control.push;

import dev.lateen.control.identity.NodeAdmission;
import dev.lateen.control.identity.TokenVerdict;
import dev.lateen.control.status.Origins;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.translate.Translator;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import dev.lateen.xds.server.ClientNode;
import dev.lateen.xds.server.DiscoverySource;
import dev.lateen.xds.server.Peer;
import dev.lateen.xds.server.ProxyConnection;
import dev.lateen.xds.server.Push;
import dev.lateen.xds.server.PushEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connected proxies: admits them, and gives each its resources when it comes and when the mesh changes.
///
/// Thread: control loop, but for what `DiscoverySource` says.
public final class Proxies implements DiscoverySource {
    private static final Logger LOG = LoggerFactory.getLogger(Proxies.class);
    private static final int MOST_REPORTED = 100;
    /// How secrets of `credentialName`s are called on the wire.
    private static final String CREDENTIAL = "kubernetes://";
    /// In the metadata of a node that is an agent.
    private static final String AGENT_STREAM = "LATEEN_STREAM";

    private final Executor controlLoop;
    private final NodeAdmission admission;
    private final Translator translator;
    private final PushListener listener;
    private final InstantSource clock;
    private final Map<ProxyConnection, ConnectedProxy> connected = new LinkedHashMap<>();
    private final Map<ProxyConnection, ProxyProgress> progress = new ConcurrentHashMap<>();
    private volatile List<ConnectedProxy> published = List.of();
    /// Streams that have not ended.
    private final Set<ProxyConnection> here = ConcurrentHashMap.newKeySet();
    /// When the change was noticed that a proxy has not fully taken yet.
    private final Map<ProxyConnection, Instant> converging = new ConcurrentHashMap<>();

    /// Kinds of rejections that have been logged since the last push.
    private final Set<String> reported = new HashSet<>();

    /// What agents have said last and nobody has heard yet.
    private final Map<ProxyConnection, Optional<String>> health = new ConcurrentHashMap<>();

    private Runnable onProblems = () -> {};
    private NodeListener nodes = NodeListener.NONE;
    private @Nullable MeshSnapshot snapshot;
    private String version = "";

    private record Stream(ProxyConnection connection) implements NodeListener.NodeStream {
        @Override
        public String id() {
            return connection.id();
        }

        @Override
        public Peer peer() {
            return connection.peer();
        }

        @Override
        public void refuse(String reason) {
            connection.refuse(reason);
        }
    }

    public Proxies(
            Executor controlLoop,
            NodeAdmission admission,
            Translator translator,
            PushListener listener,
            InstantSource clock) {
        this.controlLoop = controlLoop;
        this.admission = admission;
        this.translator = translator;
        this.listener = listener;
        this.clock = clock;
    }

    /// The proxies that are served. Thread: any.
    public Collection<ConnectedProxy> connected() {
        return published;
    }

    /// Gives all proxies their resources of a new snapshot.
    ///
    /// @param nextVersion starts with the snapshot's generation and `@`
    public void push(MeshSnapshot next, String nextVersion, Instant since) {
        snapshot = next;
        version = nextVersion;
        reported.clear();
        listener.changed(next);
        Instant start = clock.instant();
        Map<ProxyConnection, XdsResources> news = new LinkedHashMap<>();
        connected.forEach((connection, proxy) -> {
            XdsResources before = connection.resources();
            XdsResources now = allowed(connection, translator.translate(next, proxy.node()));
            if (sameMaps(before, now)) {
                proxy.progress().unchanged(next.generation());
            } else {
                converging.putIfAbsent(connection, since);
                proxy.progress().gave(next.generation());
                news.put(connection, now);
            }
        });
        // At one time, so that who sends is woken once.
        news.forEach((connection, resources) -> connection.update(resources, nextVersion));
        listener.pushed(connected.size(), Duration.between(start, clock.instant()));
        listener.translated(translator.numbers());
    }

    /// What is wrong with resources and shows only when they are translated. Thread: control loop.
    public List<Diagnostic> problems(MeshSnapshot of) {
        return translator.problems(of);
    }

    /// Has `listener` called when `problems` may say something else because of who is there. Thread: control loop.
    public void onProblems(Runnable listener) {
        onProblems = listener;
    }

    /// Has `listener` decide on nodes that come, and hear of those that go. Thread: control loop.
    public void onNodes(NodeListener listener) {
        nodes = listener;
    }

    @Override
    public void onConnect(ProxyConnection connection) {
        here.add(connection);
        controlLoop.execute(() -> admit(connection));
    }

    @Override
    public void onDisconnect(ProxyConnection connection) {
        converging.remove(connection);
        progress.remove(connection);
        here.remove(connection);
        health.remove(connection);
        controlLoop.execute(() -> {
            progress.remove(connection); // if it went while it was being admitted
            converging.remove(connection);
            ConnectedProxy gone = connected.remove(connection);
            if (gone != null) {
                nodes.left(new Stream(connection));
                boolean elsewhere = connected.values().stream()
                        .anyMatch(other -> other.node().id().equals(gone.node().id()));
                if (!elsewhere) {
                    translator.forget(gone.node());
                }
                publish();
                tellOfProblems(gone.node());
            }
        });
    }

    @Override
    public void onSubscribe(ProxyConnection connection, ResourceType type, Set<String> names) {
        // Everything a proxy may see is translated ahead; a name adds nothing to that.
    }

    @Override
    public void onPush(ProxyConnection connection, Push push) {
        listener.sent(push);
        of(connection).sent(push);
    }

    @Override
    public void onAccepted(ProxyConnection connection, ResourceType type, PushEvent accepted) {
        of(connection).accepted(type);
    }

    /// However often an agent speaks, one of its words waits to be heard.
    @Override
    public void onHealth(ProxyConnection connection, Optional<String> unwell) {
        if (here.contains(connection) && health.put(connection, unwell) == null) {
            controlLoop.execute(() -> {
                Optional<String> latest = health.remove(connection);
                if (latest != null) {
                    nodes.health(new Stream(connection), latest);
                }
            });
        }
    }

    @Override
    public void onOvertaken(ProxyConnection connection, ResourceType type) {
        listener.overtaken(type);
    }

    @Override
    public void onSettled(ProxyConnection connection, String settledVersion) {
        of(connection).settled(generationOf(settledVersion));
        Instant since = converging.remove(connection);
        if (since != null) {
            listener.converged(Duration.between(since, clock.instant()));
        }
    }

    @Override
    public void onRejected(ProxyConnection connection, ResourceType type, PushEvent rejected) {
        ProxyProgress.Refusal refusal = of(connection).refused(type, rejected.detail());
        controlLoop.execute(() -> {
            listener.rejected(connection.id(), refusal);
            report(connection, refusal);
        });
    }

    /// Once for all proxies that refuse the same for the same reason.
    private void report(ProxyConnection connection, ProxyProgress.Refusal refusal) {
        if (reported.size() < MOST_REPORTED && reported.add(refusal.type() + refusal.reason())) {
            LOG.atWarn()
                    .addKeyValue("proxy", connection.id())
                    .addKeyValue("type", refusal.type().shortName())
                    .addKeyValue("reason", refusal.reason())
                    .addKeyValue("madeFrom", Origins.of(refusal.resources(), refusal.reason()))
                    .log("a proxy rejected its configuration; /debug/statusz shows all of them");
        }
    }

    private ProxyProgress of(ProxyConnection connection) {
        return progress.computeIfAbsent(connection, _ -> new ProxyProgress());
    }

    /// How the names of versions start.
    private static long generationOf(String version) {
        int end = version.indexOf('@');
        return end <= 0 ? 0 : Long.parseLong(version.substring(0, end));
    }

    private void admit(ProxyConnection connection) {
        if (!here.contains(connection)) {
            return;
        }
        ClientNode claimed = connection.node();
        Optional<ProxyNode> node = ProxyNode.parse(
                        claimed.id(),
                        claimed.metadata(),
                        new Locality(claimed.region(), claimed.zone(), claimed.subZone()))
                .map(read -> read.called(claimed.cluster()));
        if (node.isEmpty()) {
            connection.refuse("node.id: \"" + claimed.id()
                    + "\" (expected: sidecar|router|waypoint~<ip>~<name>.<namespace>~<namespace>.svc.<domain>)");
            return;
        }
        Optional<String> refusal = admission.refusal(connection.peer(), node.get());
        if (refusal.isPresent()) {
            turnAway(connection, refusal.get());
            return;
        }
        switch (nodes.arrived(new Stream(connection), node.get())) {
            case NodeListener.Arrival.TurnedAway(var reason) -> turnAway(connection, reason);
            case NodeListener.Arrival.Welcome(var known) -> serve(connection, known);
        }
    }

    private static void turnAway(ProxyConnection connection, String reason) {
        LOG.atWarn()
                .addKeyValue("proxy", connection.id())
                .addKeyValue("reason", reason)
                .log("a proxy was refused");
        connection.refuse(reason);
    }

    private void serve(ProxyConnection connection, ProxyNode node) {
        ProxyProgress ofProxy = of(connection);
        connected.put(connection, new ConnectedProxy(connection, node, ofProxy));
        publish();
        MeshSnapshot current = snapshot;
        if (current != null) {
            ofProxy.gave(current.generation());
            connection.update(allowed(connection, translator.translate(current, node)), version);
            listener.translated(translator.numbers());
            tellOfProblems(node);
        }
    }

    /// Some rules mean nothing to applications without a proxy, and some servers cannot be served by a gateway.
    private void tellOfProblems(ProxyNode node) {
        if (node.metadata().dataPlane() == DataPlane.GRPC || node.isRouter()) {
            onProblems.run();
        }
    }

    /// Keys of gateways are for those alone who have proved who they are: the plaintext port asks nobody.
    private static XdsResources allowed(ProxyConnection connection, XdsResources resources) {
        if (connection.peer().proof() instanceof TokenVerdict.Known) {
            return resources;
        }
        Map<String, EncodedResource> all = resources.ofType(ResourceType.SECRET);
        Map<String, EncodedResource> open = new LinkedHashMap<>(all);
        open.keySet().removeIf(name -> name.startsWith(CREDENTIAL));
        if (open.size() == all.size()) {
            return resources;
        }
        Map<String, EncodedResource> before = connection.resources().ofType(ResourceType.SECRET);
        return resources.withMap(ResourceType.SECRET, open.equals(before) ? before : open);
    }

    /// An agent that asks for the names that it serves beside Envoy is no proxy of its own.
    private static boolean isProxy(ConnectedProxy one) {
        return !one.connection().node().metadata().containsKey(AGENT_STREAM);
    }

    private void publish() {
        published = connected.values().stream().filter(Proxies::isProxy).toList();
        listener.connected(published.size());
    }

    /// By identity: what the translator did not touch it returns as it was.
    @SuppressWarnings("ReferenceEquality")
    private static boolean sameMaps(XdsResources before, XdsResources now) {
        for (ResourceType type : ResourceType.values()) {
            if (before.ofType(type) != now.ofType(type)) {
                return false;
            }
        }
        return true;
    }
}
