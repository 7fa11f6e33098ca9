package dev.lateen.e2e.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which proxies an installation puts beside the workloads.
enum Sidecars {
    OURS(List.of()),
    ENVOY(List.of("--set", "values.global.proxy.dataPlane=envoy"));

    private final List<String> options;

    Sidecars(List<String> options) {
        this.options = options;
    }

    /// What `install` is told beside what it is told anyway.
    String[] with(String... others) {
        List<String> all = new ArrayList<>(Arrays.asList(others));
        all.addAll(options);
        return all.toArray(String[]::new);
    }
}
