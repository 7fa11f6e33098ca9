package dev.lateen.translate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ProxyScope;
import dev.lateen.model.mesh.ScopeResolver;
import dev.lateen.translate.patch.EnvoyFilterPass;
import dev.lateen.xds.XdsResources;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes a proxy's xDS resources from the mesh. It remembers what it made: proxies that may see the same share
/// resources, and what a change did not touch keeps its instances. The result depends on nothing but its arguments.
///
/// Thread: control loop.
public final class Translator {
    private static final int MOST_SCOPES = 2_000;
    private static final int MOST_NODES = 50_000;

    private final ScopeResolver scopes = new ScopeResolver();
    private final Map<Key, OutboundResources> shared = bounded(MOST_SCOPES);
    private final Map<String, InboundResources> own = bounded(MOST_NODES);
    private final AccessListFilters accessLists = new AccessListFilters();
    private final EnvoyFilterPass envoyFilters = new EnvoyFilterPass();
    /// Of scopes and proxies that have any, which are few.
    private final Map<Object, PortConflicts> conflicts = new HashMap<>();
    /// What may hold problems, by node: of gateways, and of applications without a proxy.
    private final Map<String, OutboundResources> noted = new HashMap<>();
    private NodeTraits.@Nullable Uses uses;
    private long hits;
    private long misses;
    private long dropped;

    /// @param sidecar namespace and name, empty for none
    private record Key(NodeTraits traits, String sidecar) {}

    /// The resources of one proxy; maps of types are the same instances as the last time where nothing changed.
    public XdsResources translate(MeshSnapshot snapshot, ProxyNode node) {
        Scene scene = new Scene(resolve(snapshot, node), accessLists);
        Key key = keyOf(scene, usesOf(snapshot));
        OutboundResources outbound = shared.computeIfAbsent(key, _ -> new OutboundResources());
        if (outbound.update(scene)) {
            misses++;
            note(key, outbound.conflicts());
        } else {
            hits++;
        }
        InboundResources inbound = own.get(node.id());
        if (inbound == null || !inbound.isFor(scene.node())) {
            inbound = new InboundResources(scene.node());
            own.put(node.id(), inbound);
        }
        XdsResources all = inbound.combined(scene, outbound);
        note(node.id(), inbound.conflicts());
        if (scene.isProxyless() || scene.isRouter()) {
            noted.put(node.id(), outbound);
        }
        if (scene.isProxyless()) {
            return all;
        }
        return envoyFilters.apply(all, scene.scope());
    }

    /// An application's own bootstrap need not say its labels, which policies are chosen by: those of its
    /// endpoints are taken then.
    private ProxyScope resolve(MeshSnapshot snapshot, ProxyNode said) {
        ProxyNode node = located(snapshot, said);
        ProxyScope scope = scopes.resolve(snapshot, node);
        boolean unknown = node.metadata().dataPlane() == DataPlane.GRPC
                && node.labels().isEmpty()
                && !scope.targets().isEmpty();
        return unknown
                ? scopes.resolve(
                        snapshot,
                        node.withLabels(scope.targets().getFirst().endpoint().labels()))
                : scope;
    }

    /// Where a proxy runs, its platform's registry knows where it does not itself.
    private static ProxyNode located(MeshSnapshot snapshot, ProxyNode node) {
        if (!node.locality().equals(Locality.NONE)) {
            return node;
        }
        String pod = node.name().substring(0, Math.max(0, node.name().lastIndexOf('.')));
        return snapshot.workloads()
                .byName(node.namespace(), pod)
                .filter(workload -> !workload.locality().equals(Locality.NONE))
                .map(workload -> node.at(workload.locality()))
                .orElse(node);
    }

    private void note(Object whose, PortConflicts found) {
        if (found.isEmpty()) {
            conflicts.remove(whose);
        } else {
            conflicts.put(whose, found);
        }
    }

    /// What could be shared so far, and who is in whose way now.
    public TranslationNumbers numbers() {
        List<PortConflicts> all = List.copyOf(conflicts.values());
        return new TranslationNumbers(
                hits,
                misses,
                dropped,
                shared.size(),
                shared.values().stream().mapToInt(OutboundResources::size).sum(),
                new TranslationNumbers.Conflicts(
                        PortConflicts.count(PortConflicts.Kind.TCP_OVER_TCP, all),
                        PortConflicts.count(PortConflicts.Kind.HTTP_OVER_TCP, all),
                        PortConflicts.count(PortConflicts.Kind.TCP_OVER_HTTP, all),
                        PortConflicts.count(PortConflicts.Kind.INBOUND, all)));
    }

    /// What is wrong with resources and shows only when they are translated.
    public List<Diagnostic> problems(MeshSnapshot snapshot) {
        Set<Diagnostic> found = new LinkedHashSet<>(envoyFilters.problems(snapshot));
        found.addAll(ZoneAwareLimits.of(
                snapshot, own.values().stream().map(InboundResources::node).toList()));
        noted.forEach((node, outbound) -> {
            found.addAll(outbound.problems());
            InboundResources inbound = own.get(node);
            if (inbound != null) {
                found.addAll(inbound.problems());
            }
        });
        return List.copyOf(found);
    }

    /// Forgets a proxy that is gone.
    public void forget(ProxyNode node) {
        own.remove(node.id());
        noted.remove(node.id());
        conflicts.remove(node.id());
        envoyFilters.forget(node);
    }

    private NodeTraits.Uses usesOf(MeshSnapshot snapshot) {
        NodeTraits.Uses known = uses;
        if (known == null || !known.isFor(snapshot)) {
            known = new NodeTraits.Uses(snapshot);
            uses = known;
        }
        return known;
    }

    private static Key keyOf(Scene scene, NodeTraits.Uses uses) {
        String sidecar = scene.outbound()
                .sidecar()
                .map(s -> s.metadata().namespace() + "/" + s.metadata().name())
                .orElse("");
        return new Key(NodeTraits.of(scene, uses), sidecar);
    }

    private <K, V> Map<K, V> bounded(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                boolean full = size() > most;
                if (full) {
                    dropped++;
                    conflicts.remove(eldest.getKey());
                }
                return full;
            }
        };
    }
}
