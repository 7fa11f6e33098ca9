package dev.lateen.proxy.bootstrap;

import com.google.protobuf.Struct;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.PeerInfo;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.Map;
import java.util.TreeMap;

/// The workload that this proxy serves, as metrics and peers know it.
///
/// Source: Istio, canonical service labels and `WORKLOAD_NAME`.
public final class LocalPeer {
    private LocalPeer() {}

    public static PeerInfo of(Node node) {
        Struct metadata = node.getMetadata();
        Map<String, String> labels = new TreeMap<>();
        metadata.getFieldsOrDefault("LABELS", com.google.protobuf.Value.getDefaultInstance())
                .getStructValue()
                .getFieldsMap()
                .forEach((key, value) -> labels.put(key, value.getStringValue()));
        String workload = text(metadata, "WORKLOAD_NAME");
        String app = first(labels.get("app.kubernetes.io/name"), labels.get("app"));
        String version = first(labels.get("app.kubernetes.io/version"), labels.get("version"));
        String service = first(labels.get("service.istio.io/canonical-name"), app);
        return new PeerInfo(
                or(workload, PeerInfo.UNKNOWN_TEXT),
                or(text(metadata, "NAMESPACE"), PeerInfo.UNKNOWN_TEXT),
                or(labels.getOrDefault("app", ""), or(app, PeerInfo.UNKNOWN_TEXT)),
                or(labels.getOrDefault("version", ""), or(version, PeerInfo.UNKNOWN_TEXT)),
                or(service, or(workload, PeerInfo.UNKNOWN_TEXT)),
                or(first(labels.get("service.istio.io/canonical-revision"), version), "latest"),
                or(text(metadata, "CLUSTER_ID"), PeerInfo.UNKNOWN_TEXT),
                new PeerInfo.Replica(text(metadata, "NAME"), PeerInfo.Replica.typeOf(text(metadata, "OWNER")), labels));
    }

    /// What expressions may say of our node.
    public static Surroundings surroundings(Node node) {
        return new Surroundings(Map.of(
                "id", node.getId(), "cluster", node.getCluster(), "metadata", Metadata.tree(node.getMetadata())));
    }

    private static String text(Struct metadata, String key) {
        return metadata.getFieldsOrDefault(key, com.google.protobuf.Value.getDefaultInstance())
                .getStringValue();
    }

    private static String first(
            @org.jspecify.annotations.Nullable String one, @org.jspecify.annotations.Nullable String other) {
        return one != null && !one.isEmpty() ? one : other == null ? "" : other;
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }
}
