package dev.lateen.model.validate;

import dev.lateen.model.ingress.Ingresses;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// What Ingresses refer to that the mesh serves: services, their ports, secrets. Others are somebody else's.
///
/// Thread: any one.
final class IngressReferences {
    private final References references;
    private final MeshIndex index;
    private final String rootNamespace;

    IngressReferences(References references, String rootNamespace) {
        this.references = references;
        this.index = references.index();
        this.rootNamespace = rootNamespace;
    }

    void check(RawResource resource, View spec) {
        if (!index.servesIngress(resource.key())) {
            className(spec);
            return;
        }
        Stream<View> paths = spec.objects("rules").stream()
                .flatMap(rule -> rule.object("http").stream())
                .flatMap(http -> http.objects("paths").stream())
                .flatMap(path -> path.object("backend").stream());
        Stream.concat(spec.object("defaultBackend").stream(), paths)
                .flatMap(backend -> backend.object("service").stream())
                .forEach(service -> service(resource.key(), service));
        new CredentialReferences(references).ingress(spec, index.ingress().proxies(), rootNamespace);
    }

    /// The field names an object; the name that the annotation would have is a mistake that is easily made.
    private void className(View spec) {
        String name = spec.text("ingressClassName");
        boolean meant = !name.isEmpty() && name.equals(index.ingress().className());
        if (meant && index.find("IngressClass", "networking.k8s.io", "", name).isEmpty()) {
            references.missing(
                    spec.spot("ingressClassName"),
                    "there is no IngressClass of this name, so that the mesh does not serve the Ingress",
                    index.hasKind("IngressClass"),
                    List.of(),
                    "add an IngressClass with the controller istio.io/ingress-controller");
        }
    }

    private void service(ResourceKey ingress, View service) {
        String host = service.text("name") + "." + ingress.namespace() + ".svc.cluster.local";
        references.host(
                new Spot(service.spot("name").at(), service.spot("name").path(), service.text("name")),
                ingress.namespace());
        View port = service.object("port").orElse(null);
        List<View> known = ports(index, service.text("name"), ingress.namespace());
        if (port == null || known.isEmpty() || !index.knowsHost(host)) {
            return;
        }
        String field = port.number("number") > 0 ? "number" : "name";
        String wanted = field.equals("number") ? "port" : "name";
        List<String> there = known.stream().map(one -> one.text(wanted)).toList();
        if (!there.contains(port.text(field))) {
            references.missing(
                    port.spot(field),
                    "service '" + service.text("name") + "' has no such port",
                    true,
                    there,
                    "there are: " + String.join(", ", there));
        }
    }

    private static List<View> ports(MeshIndex index, String service, String namespace) {
        return index.find("Service", "", namespace, service)
                .flatMap(found -> View.of(found).object("spec"))
                .map(spec -> spec.objects("ports"))
                .orElse(List.of());
    }

    /// What those that the mesh serves say of each other, and what of them comes to nothing.
    static void together(MeshIndex index, Report report) {
        Ingresses.convert(
                        index.ingresses(),
                        index.ingress(),
                        "",
                        "",
                        (service, namespace, name) -> number(ports(index, service, namespace), name))
                .problems()
                .forEach(report::add);
    }

    private static OptionalInt number(List<View> ports, String name) {
        return ports.stream()
                .filter(port -> port.text("name").equals(name))
                .mapToInt(port -> (int) port.number("port"))
                .findFirst();
    }
}
