package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.telemetry.MetricsConfig;
import java.util.ArrayList;
import java.util.List;

/// Every HTTP filter that this proxy has, and how it is made from its configuration.
public final class FilterCatalog {
    private FilterCatalog() {}

    /// The filters of a chain, without the router at its end.
    public static List<RequestFilter> create(List<NamedFilter> chain, FilterEnvironment environment) {
        List<RequestFilter> filters = new ArrayList<>();
        for (NamedFilter filter : chain) {
            String name = filter.name();
            switch (filter.config()) {
                case FilterConfig.Fault fault -> filters.add(new FaultFilter(name, fault));
                case FilterConfig.Cors _ -> filters.add(new CorsFilter(name));
                case FilterConfig.Rbac rbac ->
                    filters.add(new RbacFilter(name, rbac, environment.stats(), environment.statPrefix()));
                case FilterConfig.Jwt(var config) -> filters.add(JwtAuthnFilter.create(name, config, environment));
                case FilterConfig.ExtAuthz(var config) -> filters.add(new ExtAuthzFilter(name, config, environment));
                case FilterConfig.RateLimit(var config) -> filters.add(new RateLimitFilter(name, config, environment));
                case FilterConfig.LocalRateLimit(var config) ->
                    filters.add(new LocalRateLimitFilter(name, config, environment));
                case FilterConfig.DynamicForward _ -> filters.add(new DynamicForwardFilter(environment.clusters()));
                case FilterConfig.Session session -> filters.add(new SessionFilter(name, session));
                case FilterConfig.PeerMetadata metadata ->
                    filters.add(new PeerMetadataFilter(name, metadata, environment.own(), environment.clusters()));
                case FilterConfig.IstioStats(MetricsConfig config) ->
                    filters.add(new IstioStatsFilter(environment, config));
                case FilterConfig.Router _, FilterConfig.Alpn _, FilterConfig.GrpcStats _ -> {}
                case FilterConfig.CorsPolicy _,
                        FilterConfig.JwtRoute _,
                        FilterConfig.ExtAuthzRoute _,
                        FilterConfig.RateLimitRoute _ ->
                    throw new IllegalStateException("a route's configuration stands in no chain");
            }
        }
        return List.copyOf(filters);
    }
}
