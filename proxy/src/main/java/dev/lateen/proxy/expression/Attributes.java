package dev.lateen.proxy.expression;

import dev.lateen.proxy.expression.Expression.Part;
import dev.lateen.proxy.expression.Expression.PeerField;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The names that expressions may use: Envoy's attributes (`Fact`, headers, `node`) and Istio's peers.
///
/// Source: Envoy documentation, "Attributes"; Istio documentation, "Customizing Istio Metrics".
final class Attributes {
    private Attributes() {}

    static boolean isHeaders(List<String> path) {
        return path.size() == 2 && part(path) != null;
    }

    /// Null where there is no such attribute.
    static @Nullable Expression find(List<String> path) {
        return switch (path.getFirst()) {
            case "node" -> path.size() > 1 ? new Expression.NodeField(path.subList(1, path.size())) : null;
            case "filter_state" -> path.size() == 3 ? peer(path.get(1), path.get(2)) : null;
            case "upstream_peer", "downstream_peer" -> path.size() == 2 ? peer(path.getFirst(), path.get(1)) : null;
            case "xds" ->
                path.size() > 2 && path.get(1).equals("node") ? find(path.subList(1, path.size())) : fact(path);
            default -> header(path);
        };
    }

    private static @Nullable Expression header(List<String> path) {
        Part part = path.size() == 3 ? part(path) : null;
        return part == null
                ? fact(path)
                : new Expression.Header(part, path.get(2).toLowerCase(Locale.ROOT));
    }

    private static @Nullable Part part(List<String> path) {
        if (path.size() < 2) {
            return null;
        }
        return switch (path.getFirst() + "." + path.get(1)) {
            case "request.headers" -> Part.REQUEST;
            case "response.headers" -> Part.RESPONSE;
            case "response.trailers" -> Part.TRAILER;
            default -> null;
        };
    }

    private static @Nullable Expression fact(List<String> path) {
        Fact fact = Fact.named(String.join(".", path));
        return fact == null ? null : new Expression.Attribute(fact);
    }

    private static @Nullable Expression peer(String side, String field) {
        PeerField known = switch (field) {
            case "workload" -> PeerField.WORKLOAD;
            case "namespace" -> PeerField.NAMESPACE;
            case "app" -> PeerField.APP;
            case "version" -> PeerField.VERSION;
            case "service" -> PeerField.SERVICE;
            case "revision" -> PeerField.REVISION;
            case "cluster" -> PeerField.CLUSTER;
            default -> null;
        };
        if (known == null || !(side.equals("upstream_peer") || side.equals("downstream_peer"))) {
            return null;
        }
        return new Expression.Peer(side.equals("upstream_peer"), known);
    }
}
