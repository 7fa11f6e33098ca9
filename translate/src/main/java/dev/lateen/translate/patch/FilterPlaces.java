package dev.lateen.translate.patch;

import dev.lateen.model.istio.EnvoyFilter.FilterClass;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Names of filters, and where the filters of a class end. Thread: any.
final class FilterPlaces {
    private static final Set<String> AUTHENTICATION =
            Set.of("envoy.filters.http.jwt_authn", "istio_authn", "envoy.filters.http.jwt_authn.istio");
    private static final Set<String> AUTHORIZATION = Set.of("envoy.filters.http.rbac", "envoy.filters.http.ext_authz");
    private static final Set<String> STATISTICS = Set.of("istio.stats");
    /// Names that Envoy gave up, which old resources still say.
    private static final Map<String, String> FORMER = Map.ofEntries(
            Map.entry("envoy.http_connection_manager", "envoy.filters.network.http_connection_manager"),
            Map.entry("envoy.tcp_proxy", "envoy.filters.network.tcp_proxy"),
            Map.entry("envoy.mongo_proxy", "envoy.filters.network.mongo_proxy"),
            Map.entry("envoy.redis_proxy", "envoy.filters.network.redis_proxy"),
            Map.entry("envoy.ratelimit", "envoy.filters.network.ratelimit"),
            Map.entry("envoy.ext_authz", "envoy.filters.network.ext_authz"),
            Map.entry("envoy.router", "envoy.filters.http.router"),
            Map.entry("envoy.cors", "envoy.filters.http.cors"),
            Map.entry("envoy.fault", "envoy.filters.http.fault"),
            Map.entry("envoy.lua", "envoy.filters.http.lua"),
            Map.entry("envoy.rate_limit", "envoy.filters.http.ratelimit"),
            Map.entry("envoy.buffer", "envoy.filters.http.buffer"),
            Map.entry("envoy.listener.original_dst", "envoy.filters.listener.original_dst"),
            Map.entry("envoy.listener.original_src", "envoy.filters.listener.original_src"),
            Map.entry("envoy.listener.proxy_protocol", "envoy.filters.listener.proxy_protocol"),
            Map.entry("envoy.listener.http_inspector", "envoy.filters.listener.http_inspector"),
            Map.entry("envoy.listener.tls_inspector", "envoy.filters.listener.tls_inspector"));

    private FilterPlaces() {}

    /// The name that stands for a former one today.
    static String current(String name) {
        return FORMER.getOrDefault(name, name);
    }

    /// The index at which a filter of a class is added.
    ///
    /// @param end where one without a class goes
    static int of(FilterClass wanted, List<HttpFilter> filters, int end) {
        return switch (wanted) {
            case UNSPECIFIED -> end;
            case AUTHN -> behind(filters, AUTHENTICATION, 0);
            case AUTHZ -> behind(filters, AUTHORIZATION, behind(filters, AUTHENTICATION, 0));
            case STATS -> {
                for (int i = 0; i < filters.size(); i++) {
                    if (STATISTICS.contains(filters.get(i).getName())) {
                        yield i;
                    }
                }
                yield end;
            }
        };
    }

    private static int behind(List<HttpFilter> filters, Set<String> names, int otherwise) {
        for (int i = filters.size() - 1; i >= 0; i--) {
            if (names.contains(filters.get(i).getName())) {
                return i + 1;
            }
        }
        return otherwise;
    }
}
