package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import java.util.ArrayList;
import java.util.List;

/// Every HTTP filter that this proxy has: its configuration's type, its decoder, its making. What is not listed here is
/// refused by its name.
public final class FilterCatalog {
    private static final String FILTERS = "envoy.extensions.filters.http.";

    private static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(FILTERS + "router.v3.Router", "suppress_envoy_headers", "respect_expected_rq_timeout")
            .harmless(FILTERS + "router.v3.Router", "statistics and spans only", "dynamic_stats", "start_child_span")
            .build();

    private FilterCatalog() {}

    /// The configuration of a filter in a chain.
    public static FilterConfig decode(TypedConfig config, Place at) {
        return switch (config.type()) {
            case FILTERS + "router.v3.Router" -> {
                Router router = config.unpack(Router.parser(), FIELDS, at);
                yield new FilterConfig.Router(router.getSuppressEnvoyHeaders(), router.getRespectExpectedRqTimeout());
            }
            default -> throw at.refuse("HTTP filter " + config.type() + " is not supported by this proxy yet");
        };
    }

    /// What a route says to a filter.
    public static Object decodeOverride(TypedConfig config, Place at) {
        throw at.refuse("HTTP filter configuration " + config.type() + " is not supported on routes by this proxy yet");
    }

    /// The filters of a chain, without the router at its end.
    public static List<RequestFilter> create(List<NamedFilter> chain, FilterEnvironment environment) {
        List<RequestFilter> filters = new ArrayList<>();
        for (NamedFilter filter : chain) {
            switch (filter.config()) {
                case FilterConfig.Router _ -> {}
            }
        }
        return List.copyOf(filters);
    }
}
