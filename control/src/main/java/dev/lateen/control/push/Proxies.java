package dev.lateen.control.push;

import dev.lateen.control.identity.NodeAdmission;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.translate.Translator;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import dev.lateen.xds.server.ClientNode;
import dev.lateen.xds.server.DiscoverySource;
import dev.lateen.xds.server.ProxyConnection;
import dev.lateen.xds.server.Push;
import dev.lateen.xds.server.PushEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
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

    private final Executor controlLoop;
    private final NodeAdmission admission;
    private final Translator translator;
    private final PushListener listener;
    private final InstantSource clock;
    private final Map<ProxyConnection, ProxyNode> connected = new LinkedHashMap<>();
    private volatile List<ConnectedProxy> published = List.of();
    /// When the change was noticed that a proxy has not fully taken yet.
    private final Map<ProxyConnection, Instant> converging = new ConcurrentHashMap<>();

    private @Nullable MeshSnapshot snapshot;
    private String version = "";

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
    public void push(MeshSnapshot next, String nextVersion, Instant since) {
        snapshot = next;
        version = nextVersion;
        listener.changed(next);
        Instant start = clock.instant();
        connected.forEach((connection, node) -> {
            XdsResources before = connection.resources();
            XdsResources now = translator.translate(next, node);
            if (!sameMaps(before, now)) {
                converging.putIfAbsent(connection, since);
                connection.update(now, nextVersion);
            }
        });
        listener.pushed(connected.size(), Duration.between(start, clock.instant()));
    }

    @Override
    public void onConnect(ProxyConnection connection) {
        controlLoop.execute(() -> admit(connection));
    }

    @Override
    public void onDisconnect(ProxyConnection connection) {
        converging.remove(connection);
        controlLoop.execute(() -> {
            if (connected.remove(connection) != null) {
                publish();
            }
        });
    }

    @Override
    public void onSubscribe(ProxyConnection connection, ResourceType type, Set<String> names) {
        // Everything a proxy may see is translated ahead; a name adds nothing to that.
    }

    @Override
    public void onPush(ProxyConnection connection, Push push) {
        listener.sent(push.type(), push.resources().size());
    }

    @Override
    public void onAccepted(ProxyConnection connection, ResourceType type, PushEvent accepted) {
        Instant since = converging.get(connection);
        if (since != null
                && connection.status().values().stream().allMatch(s -> s.sent().isEmpty() || s.synced())) {
            converging.remove(connection);
            listener.converged(Duration.between(since, clock.instant()));
        }
    }

    @Override
    public void onRejected(ProxyConnection connection, ResourceType type, PushEvent rejected) {
        listener.rejected(connection.id(), type, rejected.detail());
        LOG.atWarn()
                .addKeyValue("proxy", connection.id())
                .addKeyValue("type", type.shortName())
                .addKeyValue("reason", rejected.detail())
                .log("a proxy rejected its configuration");
    }

    private void admit(ProxyConnection connection) {
        ClientNode claimed = connection.node();
        Optional<ProxyNode> node = ProxyNode.parse(
                claimed.id(), claimed.metadata(), new Locality(claimed.region(), claimed.zone(), claimed.subZone()));
        if (node.isEmpty()) {
            connection.refuse("node.id: \"" + claimed.id()
                    + "\" (expected: sidecar|router|waypoint~<ip>~<name>.<namespace>~<namespace>.svc.<domain>)");
            return;
        }
        Optional<String> refusal = admission.refusal(connection.peer(), node.get());
        if (refusal.isPresent()) {
            LOG.atWarn()
                    .addKeyValue("proxy", connection.id())
                    .addKeyValue("reason", refusal.get())
                    .log("a proxy was refused");
            connection.refuse(refusal.get());
            return;
        }
        connected.put(connection, node.get());
        publish();
        MeshSnapshot current = snapshot;
        if (current != null) {
            connection.update(translator.translate(current, node.get()), version);
        }
    }

    private void publish() {
        published = connected.entrySet().stream()
                .map(entry -> new ConnectedProxy(entry.getKey(), entry.getValue()))
                .toList();
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
