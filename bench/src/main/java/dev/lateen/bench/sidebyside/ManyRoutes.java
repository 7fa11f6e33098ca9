package dev.lateen.bench.sidebyside;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A thousand routes as YAML, in one line each.
final class ManyRoutes {
    private static final int COUNT = 1_000;

    private ManyRoutes() {}

    /// Of paths that no request has, and one before the last that all have.
    static String yaml() {
        return IntStream.range(0, COUNT)
                .mapToObj(number -> number == COUNT - 2 ? "/api/users" : "/service-" + number + "/")
                .map(prefix -> "{match: {prefix: \"" + prefix + "\"}, route: {cluster: backend}}")
                .collect(Collectors.joining(",\n              "));
    }
}
