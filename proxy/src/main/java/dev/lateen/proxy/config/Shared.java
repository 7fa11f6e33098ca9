package dev.lateen.proxy.config;

import java.util.HashMap;
import java.util.Map;

/// Keeps one of several equal values while a resource is read, so that ten thousand routes to one cluster do not have
/// ten thousand names of it. Values are immutable.
///
/// Thread: confined to its user.
public final class Shared {
    private final Map<Object, Object> known = new HashMap<>();

    /// The first of those that are equal to it.
    @SuppressWarnings("unchecked") // equal values of this proxy's records and of the JDK are of one class
    public <T> T one(T value) {
        Object first = known.putIfAbsent(value, value);
        return first == null || first.getClass() != value.getClass() ? value : (T) first;
    }
}
