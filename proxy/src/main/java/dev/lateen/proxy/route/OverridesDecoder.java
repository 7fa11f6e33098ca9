package dev.lateen.proxy.route;

import com.google.protobuf.Any;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import java.util.HashMap;
import java.util.Map;

/// Decodes `typed_per_filter_config`.
final class OverridesDecoder {
    private static final String WRAPPER = "envoy.config.route.v3.FilterConfig";

    private final FilterOverrideDecoder filters;

    OverridesDecoder(FilterOverrideDecoder filters) {
        this.filters = filters;
    }

    FilterOverrides decode(Map<String, Any> configs, Place at) {
        if (configs.isEmpty()) {
            return FilterOverrides.NONE;
        }
        Map<String, Object> decoded = new HashMap<>();
        configs.forEach((name, any) -> decoded.put(
                name, decode(any, at.field("typed_per_filter_config").key(name))));
        return new FilterOverrides(decoded);
    }

    private Object decode(Any any, Place at) {
        TypedConfig config = TypedConfig.of(any, at);
        if (!config.type().equals(WRAPPER)) {
            return filters.decode(config, at);
        }
        FilterConfig wrapper = config.unpack(FilterConfig.parser(), RouteFields.LIST, at);
        if (wrapper.getDisabled()) {
            return FilterOverrides.DISABLED;
        }
        return filters.decode(TypedConfig.of(wrapper.getConfig(), at.field("config")), at.field("config"));
    }
}
