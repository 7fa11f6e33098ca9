package dev.lateen.model.ingress;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.Reader;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Ways from outside to services of one namespace. Source: Kubernetes `networking.k8s.io/v1` `Ingress`.
///
/// @param className the IngressClass that it names
/// @param defaultBackend of requests that no rule is for
public record Ingress(
        Origin origin,
        Metadata metadata,
        Optional<String> className,
        Optional<Backend> defaultBackend,
        List<Tls> tls,
        List<Rule> rules) {

    public static Bound<Ingress> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new Ingress(
                        in.origin(),
                        resource.metadata(),
                        in.text("ingressClassName"),
                        in.object("defaultBackend", Backend::of),
                        in.objects("tls", Tls::of),
                        in.objects("rules", Rule::of)));
    }

    /// A certificate.
    ///
    /// @param hosts that it is shown for; empty for all
    public record Tls(Origin origin, List<String> hosts, String secretName) {
        static Tls of(Reader in) {
            return new Tls(in.origin(), in.texts("hosts"), in.text("secretName", ""));
        }
    }

    /// @param host empty for all hosts
    public record Rule(Origin origin, String host, List<Path> paths) {
        static Rule of(Reader in) {
            return new Rule(
                    in.origin(),
                    in.text("host", ""),
                    in.object("http", http -> http.objects("paths", Path::of)).orElse(List.of()));
        }
    }

    /// @param path as written
    public record Path(Origin origin, String path, PathType type, Optional<Backend> backend) {
        static Path of(Reader in) {
            return new Path(
                    in.origin(),
                    in.text("path", ""),
                    switch (in.text("pathType", "")) {
                        case "Exact" -> PathType.EXACT;
                        case "Prefix" -> PathType.PREFIX;
                        default -> PathType.IMPLEMENTATION_SPECIFIC;
                    },
                    in.object("backend", Backend::of));
        }
    }

    /// How a path is compared with that of a request.
    public enum PathType {
        EXACT,
        /// By whole elements.
        PREFIX,
        /// By the path's ending.
        IMPLEMENTATION_SPECIFIC
    }

    /// @param service empty for none
    /// @param portName counts where there is no number
    /// @param isResource whether it is an object of another kind, to which no request can be sent
    public record Backend(Origin origin, String service, OptionalInt port, String portName, boolean isResource) {
        static Backend of(Reader in) {
            in.notYet("resource");
            Origin origin = in.origin();
            return in.object("service", service -> of(origin, service))
                    .orElse(new Backend(origin, "", OptionalInt.empty(), "", in.has("resource")));
        }

        private static Backend of(Origin origin, Reader service) {
            String name = service.text("name", "");
            return service.object(
                            "port",
                            port -> new Backend(origin, name, port.integer("number"), port.text("name", ""), false))
                    .orElse(new Backend(origin, name, OptionalInt.empty(), "", false));
        }
    }
}
