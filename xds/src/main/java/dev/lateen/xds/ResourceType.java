package dev.lateen.xds;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The resource types on an aggregated stream, in the order in which a change must reach a proxy so that nothing
/// refers to what is not there yet (make before break).
///
/// Source: xDS protocol, "Eventual consistency considerations".
public enum ResourceType {
    CLUSTER("envoy.config.cluster.v3.Cluster", "CDS"),
    ENDPOINT("envoy.config.endpoint.v3.ClusterLoadAssignment", "EDS"),
    LISTENER("envoy.config.listener.v3.Listener", "LDS"),
    ROUTE("envoy.config.route.v3.RouteConfiguration", "RDS"),
    SECRET("envoy.extensions.transport_sockets.tls.v3.Secret", "SDS"),
    EXTENSION_CONFIG("envoy.config.core.v3.TypedExtensionConfig", "ECDS"),
    NAME_TABLE("istio.networking.nds.v1.NameTable", "NDS");

    private static final Map<String, ResourceType> BY_URL = new HashMap<>();

    static {
        for (ResourceType type : values()) {
            BY_URL.put(type.typeUrl, type);
        }
    }

    private final String typeUrl;
    private final String shortName;

    ResourceType(String messageName, String shortName) {
        this.typeUrl = "type.googleapis.com/" + messageName;
        this.shortName = shortName;
    }

    public String typeUrl() {
        return typeUrl;
    }

    /// The name of its discovery service, as `proxy-status` prints it.
    public String shortName() {
        return shortName;
    }

    /// Whether a subscription without names means "all of them" (LDS and CDS; the name table has no other form).
    public boolean wildcardByDefault() {
        return this == CLUSTER || this == LISTENER || this == NAME_TABLE;
    }

    public static Optional<ResourceType> ofUrl(String typeUrl) {
        return Optional.ofNullable(BY_URL.get(typeUrl));
    }
}
