package dev.lateen.proxy.expression;

import java.util.Map;

/// What expressions know besides the request: our own node.
///
/// Thread: any (immutable).
///
/// @param node `id`, `cluster` and `metadata`, as a tree of `Map`, `List`, `String`, `Double` and `Boolean`
public record Surroundings(Map<String, Object> node) {
    public static final Surroundings NONE = new Surroundings(Map.of());

    public Surroundings {
        node = Map.copyOf(node);
    }
}
