package dev.lateen.model.mesh;

import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What a proxy's metadata say of how it works.
///
/// @param accessLogCluster the cluster of the proxy's bootstrap that takes access log entries; empty for none
/// @param texts all that is said in one word, by name, as an EnvoyFilter may ask for it
/// @param appPorts for explicit capture: the port that the application really listens on, by container port
public record NodeMetadata(
        DataPlane dataPlane,
        Interception interception,
        Map<String, String> labels,
        String clusterId,
        String network,
        String accessLogCluster,
        String meshId,
        String workloadName,
        String istioVersion,
        Map<Integer, Integer> appPorts,
        OptionalInt httpProxyPort,
        Switches switches,
        Map<String, Object> proxyConfig,
        Map<String, String> texts) {

    public NodeMetadata {
        labels = Map.copyOf(labels);
        appPorts = Map.copyOf(appPorts);
        proxyConfig = Map.copyOf(proxyConfig);
        texts = Map.copyOf(texts);
    }

    /// Which filters a proxy has.
    public enum DataPlane {
        /// Istio's build of Envoy.
        ISTIO_ENVOY,
        /// Envoy as its own project releases it, without Istio's filters.
        UPSTREAM_ENVOY,
        /// Our own proxy.
        LATEEN,
        /// None: an application whose gRPC library speaks xDS itself.
        GRPC
    }

    public enum Interception {
        REDIRECT,
        TPROXY,
        NONE
    }

    /// Rarely used settings. `exactBalance…`: spread connections evenly over worker threads.
    ///
    /// @param ownAddressOnly where many pods share the addresses of one machine: what would listen on all of them
    ///     listens on the address of the proxy
    /// @param selfDiscovery whether the proxy asks where those of its own kind run, which balancing by zone needs
    public record Switches(
            boolean http10,
            boolean unprivilegedPod,
            boolean inboundExactBalance,
            boolean outboundExactBalance,
            boolean dnsCapture,
            boolean dnsAutoAllocate,
            boolean ownAddressOnly,
            boolean selfDiscovery,
            Optional<String> idleTimeout,
            OptionalInt statusPort,
            OptionalInt prometheusPort) {}

    static NodeMetadata of(Map<String, ?> metadata) {
        return new NodeMetadata(
                dataPlane(metadata),
                interception(textOf(metadata, "INTERCEPTION_MODE")),
                stringMap(metadata.get("LABELS")),
                textOf(metadata, "CLUSTER_ID"),
                textOf(metadata, "NETWORK"),
                textOf(metadata, "ACCESS_LOG_CLUSTER"),
                textOf(metadata, "MESH_ID"),
                textOf(metadata, "WORKLOAD_NAME"),
                textOf(metadata, "ISTIO_VERSION"),
                ports(metadata.get("APP_PORTS")),
                number(textOf(metadata, "HTTP_PROXY_PORT")),
                switches(metadata),
                objectMap(metadata.get("PROXY_CONFIG")),
                texts(metadata));
    }

    /// The proxy's own settings of its spans.
    public ProxyTracing tracing() {
        return proxyConfig.get("tracing") instanceof Map<?, ?> own
                ? ProxyTracing.of(new Fields(Mapping.of(own)))
                : ProxyTracing.NONE;
    }

    /// The same with other words.
    public NodeMetadata withTexts(Map<String, String> others) {
        return new NodeMetadata(
                dataPlane,
                interception,
                labels,
                clusterId,
                network,
                accessLogCluster,
                meshId,
                workloadName,
                istioVersion,
                appPorts,
                httpProxyPort,
                switches,
                proxyConfig,
                others);
    }

    private static Map<String, String> texts(Map<String, ?> metadata) {
        Map<String, String> texts = new HashMap<>();
        metadata.forEach((name, value) -> {
            if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                texts.put(name, plain(value));
            }
        });
        return texts;
    }

    private static Switches switches(Map<String, ?> metadata) {
        return new Switches(
                textOf(metadata, "HTTP10").equals("1"),
                isTrue(metadata, "UNPRIVILEGED_POD"),
                isTrue(metadata, "INBOUND_LISTENER_EXACT_BALANCE"),
                isTrue(metadata, "OUTBOUND_LISTENER_EXACT_BALANCE"),
                isTrue(metadata, "DNS_CAPTURE"),
                isTrue(metadata, "DNS_AUTO_ALLOCATE"),
                isTrue(metadata, "LATEEN_OWN_ADDRESS_ONLY"),
                isTrue(metadata, "ENABLE_SELF_DISCOVERY"),
                Optional.of(textOf(metadata, "IDLE_TIMEOUT")).filter(t -> !t.isEmpty()),
                number(textOf(metadata, "ENVOY_STATUS_PORT")),
                number(textOf(metadata, "ENVOY_PROMETHEUS_PORT")));
    }

    private static DataPlane dataPlane(Map<String, ?> metadata) {
        if (textOf(metadata, "GENERATOR").equals("grpc")) {
            return DataPlane.GRPC;
        }
        if (isTrue(metadata, "LATEEN_PROXY")) {
            return DataPlane.LATEEN;
        }
        return isTrue(metadata, "ENVOY_UPSTREAM") ? DataPlane.UPSTREAM_ENVOY : DataPlane.ISTIO_ENVOY;
    }

    private static Interception interception(String text) {
        return switch (text) {
            case "TPROXY" -> Interception.TPROXY;
            case "NONE" -> Interception.NONE;
            default -> Interception.REDIRECT;
        };
    }

    /// A map, or JSON text of one as environment variables carry it: `{"8080":"34567"}`.
    private static Map<Integer, Integer> ports(@Nullable Object value) {
        Map<Integer, Integer> ports = new HashMap<>();
        stringMap(value instanceof String json ? flatJson(json) : value)
                .forEach((from, to) ->
                        number(from).ifPresent(port -> number(to).ifPresent(app -> ports.put(port, app))));
        return ports;
    }

    private static Map<String, String> flatJson(String json) {
        Map<String, String> read = new LinkedHashMap<>();
        for (String pair : json.replaceAll("[{}\"\\s]", "").split(",")) {
            int colon = pair.indexOf(':');
            if (colon > 0) {
                read.put(pair.substring(0, colon), pair.substring(colon + 1));
            }
        }
        return read;
    }

    static String textOf(Map<String, ?> metadata, String name) {
        Object value = metadata.get(name);
        return value == null ? "" : plain(value);
    }

    private static boolean isTrue(Map<String, ?> metadata, String name) {
        String text = textOf(metadata, name);
        return text.equalsIgnoreCase("true") || text.equals("1");
    }

    /// A whole number keeps its short form, as JSON readers tend to make doubles of all numbers.
    private static String plain(Object value) {
        return value instanceof Double number && number == Math.rint(number)
                ? Long.toString(number.longValue())
                : String.valueOf(value);
    }

    private static OptionalInt number(String text) {
        try {
            return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }

    private static Map<String, String> stringMap(@Nullable Object value) {
        Map<String, String> read = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> read.put(String.valueOf(key), plain(item)));
        }
        return read;
    }

    private static Map<String, Object> objectMap(@Nullable Object value) {
        Map<String, Object> read = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> read.put(String.valueOf(key), item));
        }
        return read;
    }
}
