package dev.lateen.control.debug;

import dev.lateen.dashboard.explain.Explanation.Place;
import dev.lateen.dashboard.explain.FieldPath;
import dev.lateen.dashboard.explain.Places;
import dev.lateen.model.ingress.Ingresses;
import dev.lateen.model.istio.PeerAuthentication;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.PeerPolicies;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Position;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Where the resources in force are written. Thread: any.
public final class StoredPlaces implements Places {
    private final MeshView mesh;

    public StoredPlaces(MeshView mesh) {
        this.mesh = mesh;
    }

    @Override
    public Optional<Place> find(ResourceKey key, List<String> fields) {
        return mesh.stored().resources().stream()
                .filter(resource -> resource.key().equals(key))
                .findFirst()
                .map(resource -> place(resource, fields));
    }

    private static Place place(RawResource resource, List<String> fields) {
        for (String field : fields) {
            Optional<Position> at = FieldPath.find(resource.root(), field);
            if (at.isPresent()) {
                return place(resource, field, at.get());
            }
        }
        return place(resource, "", resource.origin());
    }

    private static Place place(RawResource resource, String field, Position at) {
        return new Place(resource.key().toString(), field, at.file() + ":" + at.line());
    }

    @Override
    public Optional<Place> ofIssuer(String issuer, String namespace) {
        return mesh.stored().resources().stream()
                .filter(resource -> resource.key().kind().equals("RequestAuthentication"))
                .sorted(Comparator.comparing(
                        resource -> !resource.key().namespace().equals(namespace)))
                .flatMap(resource -> rule(resource, issuer).stream())
                .findFirst();
    }

    @Override
    public Optional<Place> ofStrict(String host) {
        MeshSnapshot snapshot = mesh.snapshot();
        return snapshot.services().byNamespace(host).values().stream()
                .flatMap(service -> snapshot.endpointsOf(service.id()).stream())
                .filter(Endpoint::takesMutualTls)
                .map(endpoint -> PeerPolicies.decide(
                        snapshot.security().peerAuthentications(),
                        snapshot.mesh().identity().rootNamespace(),
                        endpoint.owner().namespace(),
                        endpoint.labels(),
                        endpoint.port()))
                .filter(decision -> decision.mode() == PeerAuthentication.Mode.STRICT)
                .flatMap(decision -> decision.by().stream())
                .findFirst()
                .flatMap(policy -> find(policy.origin().resource(), List.of("spec.mtls.mode", "spec")));
    }

    @Override
    public Optional<Place> ofIngress(String file, int line) {
        return mesh.stored().resources().stream()
                .filter(resource -> resource.origin().file().equals(file)
                        && resource.origin().line() <= line)
                .max(Comparator.comparingInt(resource -> resource.origin().line()))
                .filter(resource -> resource.key().group().equals(Ingresses.GROUP))
                .map(resource -> new Place(resource.key().toString(), "", file + ":" + line));
    }

    private static Optional<Place> rule(RawResource resource, String issuer) {
        List<Node> rules = resource.root()
                .get("spec")
                .flatMap(spec -> spec instanceof Node.Mapping mapping ? mapping.get("jwtRules") : Optional.empty())
                .map(node -> node instanceof Node.Sequence sequence ? sequence.items() : List.<Node>of())
                .orElse(List.of());
        for (int index = 0; index < rules.size(); index++) {
            if (rules.get(index) instanceof Node.Mapping rule
                    && rule.get("issuer").orElse(rule) instanceof Node.Scalar named
                    && named.text().equals(issuer)) {
                return Optional.of(place(resource, "spec.jwtRules[" + index + "]", rule.at()));
            }
        }
        return Optional.empty();
    }
}
