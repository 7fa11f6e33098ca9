package dev.lateen.proxy.expression;

import dev.lateen.proxy.expression.Expression.MetadataOf;
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
            case "filter_state" -> path.size() > 1 ? peer(path.subList(1, path.size())) : null;
            case "upstream_peer", "downstream_peer" -> peer(path);
            case "metadata" -> metadata(MetadataOf.REQUEST, path.subList(1, path.size()));
            case "xds" -> path.size() > 2 ? configuration(path.get(1), path.subList(1, path.size())) : fact(path);
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

    /// Of more than one step below `xds`.
    private static @Nullable Expression configuration(String name, List<String> path) {
        return switch (name) {
            case "node" -> find(path);
            case "cluster_metadata" -> metadata(MetadataOf.CLUSTER, path.subList(1, path.size()));
            case "upstream_host_metadata" -> metadata(MetadataOf.UPSTREAM_HOST, path.subList(1, path.size()));
            case "route_metadata" -> metadata(MetadataOf.ROUTE, path.subList(1, path.size()));
            default -> null;
        };
    }

    /// @param path `filter_metadata`, a namespace, and steps below it
    private static @Nullable Expression metadata(MetadataOf source, List<String> path) {
        if (path.isEmpty() || !path.getFirst().equals("filter_metadata")) {
            return null;
        }
        return path.size() == 1
                ? new Expression.MetadataField(source, "", List.of())
                : new Expression.MetadataField(source, path.get(1), path.subList(2, path.size()));
    }

    private static @Nullable Expression peer(List<String> path) {
        String side = path.getFirst();
        boolean upstream = side.equals("upstream_peer");
        if (!upstream && !side.equals("downstream_peer")) {
            return null;
        }
        boolean labels = path.size() > 1 && path.get(1).equals("labels");
        return switch (path.size()) {
            case 1 -> new Expression.WholePeer(upstream, false);
            case 2 -> labels ? new Expression.WholePeer(upstream, true) : field(upstream, path.get(1));
            case 3 -> labels ? new Expression.PeerLabel(upstream, path.get(2)) : null;
            default -> null;
        };
    }

    private static @Nullable Expression field(boolean upstream, String name) {
        PeerField known = switch (name) {
            case "name" -> PeerField.NAME;
            case "type" -> PeerField.TYPE;
            case "workload" -> PeerField.WORKLOAD;
            case "namespace" -> PeerField.NAMESPACE;
            case "app" -> PeerField.APP;
            case "version" -> PeerField.VERSION;
            case "service" -> PeerField.SERVICE;
            case "revision" -> PeerField.REVISION;
            case "cluster" -> PeerField.CLUSTER;
            default -> null;
        };
        return known == null ? null : new Expression.Peer(upstream, known);
    }
}
