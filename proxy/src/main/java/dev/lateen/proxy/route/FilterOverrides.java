package dev.lateen.proxy.route;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a route, virtual host or route configuration changes of filters, by the filter's name. The values belong to
/// the filters; nothing here looks into them.
///
/// Source: `typed_per_filter_config`. Thread: any (immutable).
public record FilterOverrides(Map<String, Object> byName) {
    public static final FilterOverrides NONE = new FilterOverrides(Map.of());

    /// Switches a filter off.
    public static final Object DISABLED = new Object();

    public FilterOverrides {
        byName = Map.copyOf(byName);
    }

    public @Nullable Object get(String filter) {
        return byName.get(filter);
    }
}
