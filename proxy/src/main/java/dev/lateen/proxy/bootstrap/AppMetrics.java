package dev.lateen.proxy.bootstrap;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;

/// Where the application of a pod shows metrics of its own, as its annotations `prometheus.io/…` said before injection
/// led scrapers to our port.
///
/// @param uri on this machine
///
/// Source: Istio's environment variable `ISTIO_PROMETHEUS_ANNOTATIONS`: a JSON object with `scrape`, `port` (80 where
/// it is empty) and `path` (`/metrics`).
public record AppMetrics(URI uri) {
    /// Where the page is that merges the application's metrics with the proxy's.
    public static final int STATUS_PORT = 15020;

    /// For applications that do not share our loopback address.
    private static final String HOST_VARIABLE = "LATEEN_APPLICATION_HOST";

    private static final String VARIABLE = "ISTIO_PROMETHEUS_ANNOTATIONS";

    /// What is merged on the page at this address: nothing but on the status port of a sidecar, since that of a gateway
    /// may be open to the world.
    public static Decoded<Optional<AppMetrics>> at(
            SocketAddress address, BootstrapConfig config, Map<String, String> environment) {
        boolean merged =
                config.isSidecar() && address instanceof InetSocketAddress inet && inet.getPort() == STATUS_PORT;
        return merged ? of(environment) : new Decoded.Ok<>(Optional.empty());
    }

    /// @return empty where the application shows none
    public static Decoded<Optional<AppMetrics>> of(Map<String, String> environment) {
        String host = environment.getOrDefault(HOST_VARIABLE, "localhost");
        return Decoded.of(() -> read(environment.getOrDefault(VARIABLE, ""), host));
    }

    private static Optional<AppMetrics> read(String text, String host) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        if (!(YamlToJson.tree(text, "environment variable " + VARIABLE) instanceof Map<?, ?> fields)) {
            throw refusal(text, "a JSON object with scrape, port and path");
        }
        if (field(fields, "scrape", "true").equals("false")) {
            return Optional.empty();
        }
        int port = port(field(fields, "port", "80"));
        String path = field(fields, "path", "/metrics");
        try {
            return Optional.of(new AppMetrics(
                    new URI("http://" + host + ":" + port + (path.startsWith("/") ? path : "/" + path))));
        } catch (URISyntaxException _) {
            throw refusal(path, "prometheus.io/path to be a path of a URI");
        }
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535 || Integer.parseInt(text) == 0) {
            throw refusal(text, "prometheus.io/port to be a number from 1 to 65535");
        }
        if (Integer.parseInt(text) == STATUS_PORT) {
            throw refusal(text, "another port than our own in prometheus.io/port; was the pod injected twice?");
        }
        return Integer.parseInt(text);
    }

    private static Refusal refusal(String value, String expected) {
        return new Refusal("environment variable " + VARIABLE + ": '" + value + "' (expected: " + expected + ")");
    }

    private static String field(Map<?, ?> fields, String name, String otherwise) {
        Object value = fields.get(name);
        return value == null || value.toString().isEmpty() ? otherwise : value.toString();
    }
}
