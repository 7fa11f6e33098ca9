package dev.lateen.e2e.smuggling;

import dev.lateen.proxy.ProxyOptions;
import dev.lateen.proxy.ProxyProcess;
import dev.lateen.proxy.ProxyStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// Our proxy in this process, with a listener and a cluster for each server behind it, and what its access logs say.
///
/// What comes too slowly is ended soon, so that every input has an end.
final class Relay implements AutoCloseable {
    private static final String HASTY = "request_headers_timeout: 3s, stream_idle_timeout: 3s";
    private static final String SLOW = "request_headers_timeout: 30s, stream_idle_timeout: 30s";
    private static final String PATIENT = "-patient";
    private static final String LOG_FORMAT = "%REQ(:METHOD)%\\t%REQ(:PATH)%\\t%BYTES_RECEIVED%\\t%RESPONSE_CODE%"
            + "\\t%RESPONSE_FLAGS%\\t%UPSTREAM_HOST%\\n";
    private static final String HTTP2 = """
        typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {
          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,
          explicit_http_config: {http2_protocol_options: {}}}},\
        """;

    private final ProxyProcess proxy;
    private final Path logs;

    /// A request in the access log.
    ///
    /// @param bytes of its body
    record Logged(String method, String target, long bytes, int status, String flags, String upstream) {
        static Logged parse(String line) {
            String[] cells = line.split("\t", -1);
            return new Logged(
                    cells[0], cells[1], Long.parseLong(cells[2]), Integer.parseInt(cells[3]), cells[4], cells[5]);
        }

        /// Comparable with what a server saw.
        String view() {
            return method + " " + target + " " + bytes;
        }

        /// Whether a server got some of it, and perhaps all.
        boolean cutOff() {
            return !upstream.equals("-") && !flags.equals("-");
        }

        /// Whether a server took all of it.
        boolean forwarded() {
            return !upstream.equals("-") && flags.equals("-") && status < 400;
        }

        /// Whether a server did not want it, which some do with methods that they do not know.
        boolean refused() {
            return !upstream.equals("-") && status >= 400;
        }
    }

    private Relay(ProxyProcess proxy, Path logs) {
        this.proxy = proxy;
        this.logs = logs;
    }

    static Relay to(List<Backend> backends) {
        try {
            Path directory = Files.createTempDirectory("smuggling-");
            Path file = directory.resolve("bootstrap.yaml");
            Files.writeString(file, bootstrap(backends, directory));
            ProxyProcess proxy = ProxyProcess.start(
                    new ProxyOptions(Optional.of(file), OptionalInt.of(1), ProxyOptions.Role.SIDECAR, Map.of()));
            return new Relay(proxy, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ProxyStartException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String bootstrap(List<Backend> backends, Path logs) {
        List<String> clusters = new ArrayList<>();
        List<String> listeners = new ArrayList<>();
        for (Backend backend : backends) {
            String name = backend.name();
            clusters.add("""
                {name: %s, type: STATIC, connect_timeout: 2s, %s load_assignment: {cluster_name: %s, endpoints: [
                  {lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}}
                """.formatted(name, backend.http2() ? HTTP2 : "", name, backend.port()));
            listeners.add(listener(name, name, HASTY, logs));
            listeners.add(listener(name + PATIENT, name, SLOW, logs));
        }
        return "{node: {id: smuggling, cluster: smuggling}, static_resources: {clusters: [" + String.join(",", clusters)
                + "], listeners: [" + String.join(",", listeners) + "]}}";
    }

    private static String listener(String name, String cluster, String times, Path logs) {
        return """
            {name: %s, address: {socket_address: {address: 127.0.0.1, port_value: 0}}, filter_chains: [{filters: [
              {name: envoy.filters.network.http_connection_manager, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
                stat_prefix: %s, %s,
                access_log: [{name: envoy.access_loggers.file, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog,
                  path: "%s",
                  log_format: {text_format_source: {inline_string: "%s"}}}}],
                http_filters: [{name: envoy.filters.http.router, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}],
                route_config: {name: %s, virtual_hosts: [{name: all, domains: ["*"], routes: [
                  {match: {prefix: /}, route: {cluster: %s, timeout: 30s}}]}]}}}]}]}
            """.formatted(name, name, times, logs.resolve(name), LOG_FORMAT, name, cluster);
    }

    /// Where those come in who do nothing wrong: the same upstream connections, and all the time they need.
    int patientPort(Backend backend) {
        return proxy.address(backend.name() + PATIENT).orElseThrow().getPort();
    }

    int port(Backend backend) {
        return proxy.address(backend.name()).orElseThrow().getPort();
    }

    List<Logged> log(Backend backend) {
        return Stream.of(backend.name(), backend.name() + PATIENT)
                .flatMap(name -> lines(logs.resolve(name)))
                .map(Logged::parse)
                .toList();
    }

    private static Stream<String> lines(Path log) {
        try {
            String all = Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
            return all.substring(0, all.lastIndexOf('\n') + 1).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        proxy.close();
    }
}
