package dev.lateen.translate.patch;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.EnvoyFilter;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ProxyScope;
import dev.lateen.translate.message.MessageMerge;
import dev.lateen.translate.message.MessageReader;
import dev.lateen.translate.policy.ProxyPolicies;
import dev.lateen.xds.EnvoyTypes;
import dev.lateen.xds.XdsResources;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Applies EnvoyFilters to what was generated for a proxy. Those of the root namespace come first, then those of the
/// proxy's own; in each, the lower priority first, and of equals the elder. Proxies for which the same patches are
/// meant share the patched resources, and what did not change stays the same instance.
///
/// Limits: where no EnvoyFilter is meant for a proxy its resources pass through untouched.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
public final class EnvoyFilterPass {
    private static final int MOST_PROGRAMS = 500;

    private final EnvoyTypes types = new EnvoyTypes();
    private final PatchCompiler compiler = new PatchCompiler(new MessageReader(types));
    private final MessageMerge merge = new MessageMerge(types);
    private final Map<Key, PatchProgram> programs = new HashMap<>();
    private IdentityHashMap<EnvoyFilter, PatchCompiler.Compiled> compiled = new IdentityHashMap<>();
    private List<EnvoyFilter> seen = List.of();

    /// What patched resources depend on beside the resources.
    ///
    /// @param patches by their place among all
    private record Key(BitSet patches, ProxyNode.Type type, Map<Integer, Set<Integer>> servicePorts) {}

    /// The resources with all patches that are meant for the proxy.
    public XdsResources apply(XdsResources resources, ProxyScope scope) {
        List<EnvoyFilter> filters = scope.snapshot().traffic().envoyFilters();
        compile(filters);
        ProxyNode node = scope.node();
        if (filters.isEmpty() || node.type() == ProxyNode.Type.WAYPOINT) {
            return resources;
        }
        List<CompiledPatch> all = all();
        BitSet meant = new BitSet();
        for (int i = 0; i < all.size(); i++) {
            meant.set(i, isFor(all.get(i), scope.snapshot(), node));
        }
        if (meant.isEmpty()) {
            return resources;
        }
        Map<Integer, Set<Integer>> ports = node.isRouter() ? servicePorts(scope) : Map.of();
        if (programs.size() >= MOST_PROGRAMS) {
            programs.clear();
        }
        PatchProgram program = programs.computeIfAbsent(
                new Key(meant, node.type(), ports),
                _ -> new PatchProgram(
                        inOrder(meant.stream().mapToObj(all::get).toList(), scope.snapshot()),
                        node.isRouter(),
                        ports,
                        merge));
        return program.apply(resources, node.id());
    }

    /// The patches for a proxy, in the order in which they are applied.
    List<CompiledPatch> meantFor(MeshSnapshot snapshot, ProxyNode node) {
        compile(snapshot.traffic().envoyFilters());
        return inOrder(all().stream().filter(p -> isFor(p, snapshot, node)).toList(), snapshot);
    }

    /// Forgets a proxy that is gone.
    public void forget(ProxyNode node) {
        programs.values().forEach(program -> program.forget(node.id()));
    }

    /// What is wrong with EnvoyFilters: values that cannot be read, and what was found when they were last applied.
    public List<Diagnostic> problems(MeshSnapshot snapshot) {
        compile(snapshot.traffic().envoyFilters());
        Set<Diagnostic> found = new LinkedHashSet<>();
        seen.forEach(filter -> found.addAll(compiledOf(filter).problems()));
        programs.values().forEach(program -> found.addAll(program.problems()));
        return List.copyOf(found);
    }

    private void compile(List<EnvoyFilter> filters) {
        if (filters == seen) {
            return;
        }
        IdentityHashMap<EnvoyFilter, PatchCompiler.Compiled> next = new IdentityHashMap<>();
        for (EnvoyFilter filter : filters) {
            PatchCompiler.Compiled known = compiled.get(filter);
            next.put(filter, known == null ? compiler.compile(filter) : known);
        }
        compiled = next;
        seen = filters;
        programs.clear();
    }

    private PatchCompiler.Compiled compiledOf(EnvoyFilter filter) {
        PatchCompiler.@Nullable Compiled known = compiled.get(filter);
        return known == null ? new PatchCompiler.Compiled(List.of(), List.of()) : known;
    }

    private List<CompiledPatch> all() {
        List<CompiledPatch> all = new ArrayList<>();
        seen.forEach(filter -> all.addAll(compiledOf(filter).patches()));
        return all;
    }

    private static boolean isFor(CompiledPatch patch, MeshSnapshot snapshot, ProxyNode node) {
        EnvoyFilter filter = patch.filter();
        return ProxyPolicies.applies(
                        snapshot, node, filter.metadata().namespace(), filter.selector(), filter.targetRefs())
                && (patch.version().isEmpty() || isVersion(patch, node))
                && patch.match().proxy().stream()
                        .flatMap(match -> match.metadata().entrySet().stream())
                        .allMatch(wanted ->
                                wanted.getValue().equals(node.metadata().texts().get(wanted.getKey())));
    }

    private static boolean isVersion(CompiledPatch patch, ProxyNode node) {
        String version = node.metadata().istioVersion();
        return !version.isEmpty()
                && patch.version().map(p -> p.matcher(version).find()).orElse(true);
    }

    /// @param eldestFirst as the snapshot has them
    private static List<CompiledPatch> inOrder(List<CompiledPatch> eldestFirst, MeshSnapshot snapshot) {
        String root = snapshot.mesh().identity().rootNamespace();
        Comparator<CompiledPatch> priority =
                Comparator.comparingInt(p -> p.filter().priority());
        Stream<CompiledPatch> wide = eldestFirst.stream()
                .filter(p -> p.filter().metadata().namespace().equals(root))
                .sorted(priority);
        Stream<CompiledPatch> own = eldestFirst.stream()
                .filter(p -> !p.filter().metadata().namespace().equals(root))
                .sorted(priority);
        return Stream.concat(wide, own).toList();
    }

    /// The ports of the services behind which a gateway stands, by the port that it listens on.
    private static Map<Integer, Set<Integer>> servicePorts(ProxyScope scope) {
        Map<Integer, Set<Integer>> ports = new HashMap<>();
        for (ProxyScope.Target target : scope.targets()) {
            ports.computeIfAbsent(target.endpoint().port(), _ -> new HashSet<>())
                    .add(target.port().port());
        }
        return ports;
    }
}
