package dev.lateen.bench.sidebyside;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Resources of which a configuration has a thousand, as YAML in one line each.
final class Many {
    static final int COUNT = 1_000;
    private static final int ENDPOINTS = 10;

    private Many() {}

    /// Of paths that no request has, and one before the last that all have.
    static String routes() {
        return IntStream.range(0, COUNT)
                .mapToObj(number -> number == COUNT - 2 ? "/api/users" : "/service-" + number + "/")
                .map(prefix -> "{match: {prefix: \"" + prefix + "\"}, route: {cluster: backend}}")
                .collect(Collectors.joining(",\n              "));
    }

    static String clusters() {
        return IntStream.range(0, COUNT).mapToObj(Many::cluster).collect(Collectors.joining("\n"));
    }

    private static String cluster(int number) {
        String endpoints = IntStream.range(0, ENDPOINTS)
                .mapToObj(
                        endpoint -> "{endpoint: {address: {socket_address: {address: 10.%d.%d.%d, port_value: 8080}}}}"
                                .formatted(number / 200, number % 200, endpoint + 1))
                .collect(Collectors.joining(", "));
        return ("  - {name: \"outbound|80||service-%d.default.svc.cluster.local\", type: STATIC, connect_timeout: 5s, "
                        + "load_assignment: {cluster_name: service-%d, endpoints: [{lb_endpoints: [%s]}]}}")
                .formatted(number, number, endpoints);
    }
}
