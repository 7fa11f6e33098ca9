package dev.lateen.translate;

/// Empty configurations of the two filters that apply policies; their types share a name.
final class RbacFilterConfigs {
    private RbacFilterConfigs() {}

    static io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.Builder http() {
        return io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.newBuilder();
    }

    static io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.Builder tcp() {
        return io.envoyproxy
                .envoy
                .extensions
                .filters
                .network
                .rbac
                .v3
                .RBAC
                .newBuilder()
                .setStatPrefix("tcp.");
    }
}
