package dev.lateen.xds.server;

import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A proxy that is connected: what it says it is, what is proved of it, and the way to give it resources.
///
/// Thread: any.
public final class ProxyConnection {
    private final String id;
    private final ClientNode node;
    private final Peer peer;
    private final boolean delta;
    private final Instant since;
    private final AdsSession session;
    private final Executor loop;
    private final Consumer<String> refusal;
    private volatile @Nullable XdsResources resources;

    ProxyConnection(Identification who, AdsSession session, Instant since, Executor loop, Consumer<String> refusal) {
        this.id = who.id();
        this.node = who.node();
        this.peer = who.peer();
        this.delta = who.delta();
        this.since = since;
        this.session = session;
        this.loop = loop;
        this.refusal = refusal;
    }

    /// @param id unique among the connections of this server
    record Identification(String id, ClientNode node, Peer peer, boolean delta) {}

    /// The node's id and a number, as in Istio's debug pages: `sidecar~…-17`.
    public String id() {
        return id;
    }

    public ClientNode node() {
        return node;
    }

    public Peer peer() {
        return peer;
    }

    public boolean delta() {
        return delta;
    }

    public Instant since() {
        return since;
    }

    /// Gives the proxy its resources: what it does not have yet and has asked for is sent.
    ///
    /// @param version names this state of the configuration in responses
    public void update(XdsResources newResources, String version) {
        resources = newResources;
        loop.execute(() -> session.update(newResources, version));
    }

    /// What was given last; `XdsResources.EMPTY` before the first time.
    public XdsResources resources() {
        XdsResources given = resources;
        return given == null ? XdsResources.EMPTY : given;
    }

    /// Ends the stream: this proxy may not be served. `reason` goes to the proxy.
    public void refuse(String reason) {
        loop.execute(() -> refusal.accept(reason));
    }

    /// How far the proxy is, by type.
    public Map<ResourceType, TypeStatus> status() {
        return session.status();
    }

    @Override
    public String toString() {
        return id;
    }
}
