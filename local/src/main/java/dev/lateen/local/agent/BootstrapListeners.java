package dev.lateen.local.agent;

import java.util.List;
import java.util.stream.Collectors;

/// The listeners that Envoy has from the start: numbers and readiness, for scrapers and probes, which no limit on
/// connections keeps out.
final class BootstrapListeners {
    private static final int READINESS_PORT = 15021;
    private static final int NUMBERS_PORT = 15090;
    private static final List<String> COMPRESSORS = List.of("brotli", "zstd", "gzip");

    private BootstrapListeners() {}

    /// Items of a list.
    ///
    /// @param host on which to listen
    static String yaml(PodSettings pod, String host) {
        int numbers = pod.number(pod.metadata("ENVOY_PROMETHEUS_PORT")).orElse(NUMBERS_PORT);
        int readiness = pod.number(pod.metadata("ENVOY_STATUS_PORT")).orElse(READINESS_PORT);
        return listener(host, numbers, "stats", "/stats/prometheus", "prometheus_stats", compressors(pod))
                + listener(host, readiness, "agent", "/healthz/ready", "agent", "");
    }

    private static String listener(String host, int port, String prefix, String path, String cluster, String filters) {
        return LISTENER.replace("${name}", host + "_" + port)
                .replace("${address}", new HostPort(host, port).yaml())
                .replace("${prefix}", prefix)
                .replace("${path}", path)
                .replace("${cluster}", cluster)
                .replace("${filters}\n", filters);
    }

    private static String compressors(PodSettings pod) {
        String asked = pod.hasAnnotation("sidecar.istio.io/statsCompression")
                ? pod.annotation("sidecar.istio.io/statsCompression")
                : pod.text("statsCompression");
        return asked.equals("false")
                ? ""
                : COMPRESSORS.stream()
                        .map(one -> COMPRESSOR
                                .replace("${one}", one)
                                .replace("${type}", Character.toUpperCase(one.charAt(0)) + one.substring(1)))
                        .collect(Collectors.joining());
    }

    private static final String COMPRESSOR = """
                      - name: envoy.filters.http.compressor.${one}
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.http.compressor.v3.Compressor
                          compressor_library:
                            name: stats_${one}
                            typed_config: {"@type": type.googleapis.com/envoy.extensions.compression.${one}.compressor.v3.${type}}
                          response_direction_config:
                            common_config:
                              content_type: [text/plain, application/vnd.google.protobuf, application/openmetrics-text, application/openmetrics-protobuf]
            """;

    private static final String LISTENER = """
              - name: "${name}"
                address: {socket_address: ${address}}
                ignore_global_conn_limit: true
                bypass_overload_manager: true
                filter_chains:
                - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: ${prefix}
                      route_config:
                        virtual_hosts:
                        - name: backend
                          domains: ["*"]
                          routes: [{match: {prefix: ${path}}, route: {cluster: ${cluster}}}]
                      http_filters:
            ${filters}
                      - name: envoy.filters.http.router
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            """;
}
