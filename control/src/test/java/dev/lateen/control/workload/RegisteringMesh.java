package dev.lateen.control.workload;

import dev.lateen.control.identity.TokenVerdict;
import dev.lateen.control.push.NodeListener.Arrival;
import dev.lateen.control.push.NodeListener.NodeStream;
import dev.lateen.control.source.ConfigFile;
import dev.lateen.control.store.ResourceStore;
import dev.lateen.control.store.StoreChange;
import dev.lateen.identity.SpiffeId;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ServiceId;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.xds.server.Peer;
import dev.lateen.xds.server.Proof;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A control plane's part that registers workloads, without its ports: configuration goes the way that it goes there,
/// and time passes when it is told to.
final class RegisteringMesh implements AutoCloseable, InstantSource {
    static final Registrations.Limits LIMITS = new Registrations.Limits(5, 3);
    static final String GROUP = """
            apiVersion: networking.istio.io/v1
            kind: WorkloadGroup
            metadata: {name: cart, namespace: shop}
            spec:
              metadata:
                labels: {app: cart, tier: group}
                annotations: {example.com/owner: cart-team}
              template:
                labels: {tier: template, disk: ssd}
                ports: {http: 8081}
                serviceAccount: cart
                weight: 3
                locality: west/a
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: cart, namespace: shop}
            spec:
              hosts: [cart.internal]
              ports: [{number: 80, name: http, protocol: HTTP}]
              resolution: STATIC
              location: MESH_INTERNAL
              workloadSelector: {labels: {app: cart}}
            """;
    static final Duration GRACE = Duration.ofSeconds(10);

    private final ResourceStore store = new ResourceStore();
    private final SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
    private final Deque<List<ConfigFile>> news = new ArrayDeque<>();
    private final StoredEntries home;
    private final Registrations registrations;
    private Instant now;
    private int streams;

    RegisteringMesh(Path state, Instant start) throws IOException {
        now = start;
        home = StoredEntries.open(state.resolve("entries.json"), "istiod@" + start.getEpochSecond(), news::add);
        registrations = new Registrations(home, LIMITS, GRACE, builder::workloadAt, this);
        news.add(home.all());
    }

    @Override
    public Instant instant() {
        return now;
    }

    /// A file of the configuration.
    RegisteringMesh file(String name, String text) {
        news.add(List.of(new ConfigFile.Present(name, ResourceReader.create().read(text, name))));
        return settled();
    }

    RegisteringMesh withoutFile(String name) {
        news.add(List.of(new ConfigFile.Gone(name)));
        return settled();
    }

    private RegisteringMesh settled() {
        for (List<ConfigFile> files = news.poll(); files != null; files = news.poll()) {
            StoreChange change = store.apply(files);
            builder.put(change.put());
            builder.remove(change.removed());
            builder.build();
            registrations.onChange(change.put(), change.removed());
        }
        return this;
    }

    /// Lets time pass second by second, as the control plane looks at it.
    void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            now = now.plusSeconds(1);
            registrations.sweep();
            settled();
        }
    }

    /// A node that says what it is, and has proved something.
    final class Node implements NodeStream {
        private final String id = "stream-" + ++streams;
        private final Map<String, Object> metadata = new HashMap<>();
        private String address = "192.0.2.7";
        private String peer = "/192.0.2.7:40000";
        private Optional<SpiffeId> proved = Optional.of(new SpiffeId("cluster.local", "shop", "cart"));
        private String refusal = "";

        private Node() {
            metadata.put("AUTO_REGISTER_GROUP", "cart");
            metadata.put("NAMESPACE", "shop");
        }

        Node says(String name, Object value) {
            metadata.put(name, value);
            return this;
        }

        Node at(String otherAddress) {
            address = otherAddress;
            return this;
        }

        Node from(String otherPeer) {
            peer = otherPeer;
            return this;
        }

        Node provedToBe(String namespace, String account) {
            proved = Optional.of(new SpiffeId("cluster.local", namespace, account));
            return this;
        }

        Node provesNothing() {
            proved = Optional.empty();
            return this;
        }

        /// @return empty where it is welcome
        String connects() {
            ProxyNode node = ProxyNode.parse(
                            "sidecar~" + address + "~vm.shop~shop.svc.cluster.local", metadata, Locality.NONE)
                    .orElseThrow();
            Arrival arrival = registrations.arrived(this, node);
            settled();
            return switch (arrival) {
                case Arrival.Welcome _ -> "";
                case Arrival.TurnedAway(var reason) -> reason;
            };
        }

        void goes() {
            registrations.left(this);
            settled();
        }

        void isWell() {
            registrations.health(this, Optional.empty());
            settled();
        }

        void isUnwell(String reason) {
            registrations.health(this, Optional.of(reason));
            settled();
        }

        String refusal() {
            return refusal;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Peer peer() {
            Proof proof = proved.<Proof>map(TokenVerdict.Known::new).orElse(Proof.NONE);
            return new Peer(peer, true, List.of(), Optional.empty(), proof);
        }

        @Override
        public void refuse(String reason) {
            refusal = reason;
        }
    }

    Node node() {
        return new Node();
    }

    Optional<RawResource> entry(String name) {
        return store.resources().stream()
                .filter(one -> one.key().kind().equals("WorkloadEntry")
                        && one.key().name().equals(name))
                .findFirst();
    }

    Metadata metadata(String name) {
        return entry(name).orElseThrow().metadata();
    }

    /// As if somebody had deleted it.
    void losesEntry(String name) {
        home.groupGone(new EntryKey("shop", name));
        settled();
    }

    List<String> entries() {
        List<String> names = new ArrayList<>();
        store.resources().stream()
                .filter(one -> one.key().kind().equals("WorkloadEntry"))
                .forEach(one -> names.add(one.key().name()));
        return names;
    }

    List<Endpoint> endpoints(String host) {
        return builder.build().endpointsOf(new ServiceId(host, "shop"));
    }

    @Override
    public void close() {
        home.close();
    }
}
