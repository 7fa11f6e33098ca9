package dev.lateen.translate;

import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;

/// The filters that decide who may do what at this proxy.
final class Authorization {
    private Authorization() {}

    static List<HttpFilter> httpFilters(Scene scene) {
        return List.of();
    }

    static List<Filter> tcpFilters(Scene scene) {
        return List.of();
    }
}
