package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks references again and again while resources change: a change that others cannot see costs one check, any other
/// a check of all. The findings are those of `ReferenceChecker` over the whole set.
///
/// Thread: control loop.
public final class ReferenceWatch {
    private final String rootNamespace;
    private final Map<ResourceKey, RawResource> known = new LinkedHashMap<>();
    private final Set<ResourceKey> pending = new LinkedHashSet<>();
    /// Findings about single resources; those without any are left out.
    private final Map<ResourceKey, List<Diagnostic>> own = new HashMap<>();
    /// How many resources have a face that several may have.
    private final Map<Face, Integer> many = new HashMap<>();
    private List<Diagnostic> rivals = List.of();
    private @Nullable MeshIndex index;
    private long visits;

    /// @param rootNamespace the namespace whose policies hold for the whole mesh
    public ReferenceWatch(String rootNamespace) {
        this.rootNamespace = rootNamespace;
    }

    /// Takes changes in; nothing is checked before `findings`.
    public void change(Collection<RawResource> put, Collection<ResourceKey> removed) {
        for (ResourceKey key : removed) {
            RawResource before = known.remove(key);
            if (before != null) {
                pending.remove(key);
                own.remove(key);
                changed(Optional.of(Face.of(before)), Optional.empty());
            }
        }
        for (RawResource resource : put) {
            Optional<Face> before =
                    Optional.ofNullable(known.put(resource.key(), resource)).map(Face::of);
            pending.add(resource.key());
            changed(before, Optional.of(Face.of(resource)));
        }
    }

    /// Of workloads others see their labels alone, and not how many have them: the pods of a Deployment come and go.
    private void changed(Optional<Face> before, Optional<Face> now) {
        if (before.equals(now)) {
            return;
        }
        for (Optional<Face> face : List.of(before, now)) {
            if (face.isPresent() && !face.get().isOfMany()) {
                index = null;
            }
        }
        before.filter(Face::isOfMany)
                .filter(face -> many.merge(face, -1, (all, one) -> all + one == 0 ? null : all + one) == null)
                .ifPresent(_ -> index = null);
        now.filter(Face::isOfMany)
                .filter(face -> many.merge(face, 1, Integer::sum) == 1)
                .ifPresent(_ -> index = null);
    }

    /// All findings about what there is now, each at the place of the reference.
    public List<Diagnostic> findings() {
        MeshIndex current = index;
        if (current == null) {
            current = new MeshIndex(known.values());
            index = current;
            own.clear();
            pending.clear();
            for (RawResource resource : known.values()) {
                check(resource, current);
            }
            rivals = ReferenceChecker.rivals(known.values(), current);
        } else {
            for (ResourceKey key : pending) {
                RawResource resource = known.get(key);
                if (resource != null) {
                    check(resource, current);
                }
            }
            pending.clear();
        }
        List<Diagnostic> all = new ArrayList<>(rivals);
        own.values().forEach(all::addAll);
        return all;
    }

    /// How many resources have been looked at so far.
    long visits() {
        return visits;
    }

    private void check(RawResource resource, MeshIndex among) {
        visits++;
        List<Diagnostic> found = ReferenceChecker.check(resource, among, rootNamespace);
        if (found.isEmpty()) {
            own.remove(resource.key());
        } else {
            own.put(resource.key(), found);
        }
    }

    /// All of a resource that findings about other resources, and findings about rivals, depend on.
    ///
    /// @param shown what others see of it; the resource itself where that is everything
    private record Face(Object shown) {
        /// What is seen of a pod.
        private record Labels(String namespace, Map<String, String> labels) {}

        boolean isOfMany() {
            return shown instanceof Labels;
        }

        static Face of(RawResource resource) {
            View root = new View(resource.root(), "", new Report());
            View spec = root.object("spec").orElse(root);
            return switch (resource.key().group() + "/" + resource.key().kind()) {
                case "networking.istio.io/VirtualService" ->
                    ReferenceChecker.isDelegatedOrDelegates(resource)
                            ? new Face(resource)
                            : new Face(List.of(
                                    age(resource),
                                    spec.items("hosts"),
                                    spec.items("gateways"),
                                    spec.objects("http").stream()
                                            .map(route -> route.text("name"))
                                            .toList()));
                case "networking.istio.io/DestinationRule" ->
                    new Face(List.of(
                            age(resource),
                            spec.spot("host"),
                            spec.objects("subsets").stream()
                                    .map(subset -> subset.spot("name"))
                                    .toList(),
                            spec.items("exportTo").stream().map(Spot::value).toList(),
                            spec.object("workloadSelector")
                                    .map(selector -> MeshIndex.textMap(selector, "matchLabels"))
                                    .orElse(Map.of()),
                            spec.has("trafficPolicy"),
                            spec.spot("trafficPolicy").at()));
                case "security.istio.io/PeerAuthentication" ->
                    new Face(List.of(
                            age(resource),
                            spec.object("selector")
                                    .map(selector -> MeshIndex.textMap(selector, "matchLabels"))
                                    .orElse(Map.of())));
                case "networking.k8s.io/Ingress" ->
                    new Face(List.of(age(resource), resource.metadata().annotations(), spec.mapping()));
                case "/Pod" ->
                    new Face(new Labels(
                            resource.key().namespace(), resource.metadata().labels()));
                case "networking.istio.io/Sidecar",
                        "security.istio.io/AuthorizationPolicy",
                        "security.istio.io/RequestAuthentication",
                        "policy.lateen.dev/RateLimit",
                        "policy.lateen.dev/Quota",
                        "policy.lateen.dev/AccessList",
                        "telemetry.istio.io/Telemetry",
                        "discovery.k8s.io/EndpointSlice",
                        "/Endpoints" -> new Face(resource.key());
                default -> new Face(resource);
            };
        }

        /// What decides which of two rivals wins, and where the other's finding says that it stands.
        private static Object age(RawResource resource) {
            return List.of(
                    resource.origin(),
                    resource.metadata().creationTimestamp(),
                    resource.metadata().order());
        }
    }
}
