package dev.lateen.control.ratelimit;

import java.util.List;

/// What one counter is for.
///
/// @param rule its id, such as `Quota/shop/basic/0`
/// @param values of the rule's dimensions, as `key=value`
public record LimitKey(String rule, List<String> values) {
    public LimitKey {
        values = List.copyOf(values);
    }
}
