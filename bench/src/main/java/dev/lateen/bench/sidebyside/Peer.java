package dev.lateen.bench.sidebyside;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A proxy that can be measured, and how it is started with one worker.
enum Peer {
    LATEEN,
    ENVOY,
    HAPROXY,
    NGINX;

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /// @param config the scenario's configuration, with the ports filled in
    List<String> command(Path repository, Path config) {
        return switch (this) {
            case LATEEN ->
                command(repository.resolve("lateen").toString(), "proxy", "-c", config, "--concurrency", "1");
            case ENVOY ->
                command("envoy", "--use-dynamic-base-id", "-c", config, "--concurrency", "1", "--log-level", "error");
            case HAPROXY -> command("haproxy", "-db", "-q", "-f", config);
            case NGINX -> command("nginx", "-c", config);
        };
    }

    /// The file name that the scenario's configuration must have.
    String configName(Scenario scenario) {
        return switch (this) {
            case LATEEN, ENVOY -> scenario.template();
            case HAPROXY -> "haproxy.cfg";
            case NGINX -> "nginx.conf";
        };
    }

    private static List<String> command(Object... words) {
        List<String> command = new ArrayList<>();
        for (Object word : words) {
            command.add(word.toString());
        }
        return command;
    }
}
