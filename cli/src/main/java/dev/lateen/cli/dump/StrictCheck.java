package dev.lateen.cli.dump;

import dev.lateen.cli.dump.Metrics.Sample;
import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Who would be refused if servers took mutual TLS only: who has sent plaintext since the server's proxy started, and
/// who is configured to.
///
/// @param silent proxies that tell no metrics of the mesh
public record StrictCheck(List<Row> rows, List<String> silent) {
    private static final String STATS = "istio.stats";
    private static final String UNKNOWN = "unknown";

    /// @param client workload as `name.namespace`, or `unknown`
    /// @param requests in plaintext that the server has counted
    /// @param connections other than of HTTP, likewise
    /// @param why in words
    public record Row(String client, String server, long requests, long connections, String why) {}

    /// A proxy and what it tells of itself.
    ///
    /// @param workload `name.namespace`
    /// @param metrics in Prometheus' text
    public record Proxy(String workload, String address, ConfigDump dump, String metrics) {}

    private record Pair(String client, String server) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int byServer = server.compareTo(other.server);
            return byServer != 0 ? byServer : client.compareTo(other.client);
        }
    }

    private static final class Found {
        private double requests;
        private double connections;
        private final TreeSet<String> reasons = new TreeSet<>();

        Row row(Pair pair) {
            String why = reasons.isEmpty()
                    ? pair.client().equals(UNKNOWN)
                            ? "the client has no proxy, or does not say who it is"
                            : "seen in the past; it would send mutual TLS now"
                    : String.join("; ", reasons);
            return new Row(pair.client(), pair.server(), (long) requests, (long) connections, why);
        }
    }

    /// @param namespace of the servers, empty for all
    public static StrictCheck of(List<Proxy> proxies, String namespace) {
        Map<Pair, Found> found = new TreeMap<>();
        List<String> silent = new ArrayList<>();
        Map<String, String> byAddress = new HashMap<>();
        // A gateway takes what its servers say, whatever PeerAuthentication says.
        proxies.stream()
                .filter(proxy -> !isGateway(proxy.dump()))
                .forEach(proxy -> byAddress.put(proxy.address(), proxy.workload()));
        for (Proxy proxy : proxies) {
            collectConfigured(proxy, byAddress, namespace, found);
            if (proxy.workload().endsWith("." + namespace) || namespace.isEmpty()) {
                if (!proxy.metrics().contains("reporter=") && !counts(proxy.dump())) {
                    silent.add(proxy.workload());
                }
                collectSeen(proxy, found);
            }
        }
        return new StrictCheck(
                found.entrySet().stream()
                        .map(entry -> entry.getValue().row(entry.getKey()))
                        .toList(),
                List.copyOf(silent));
    }

    private static boolean isGateway(ConfigDump dump) {
        return Json.text(dump.section("BootstrapConfigDump"), "bootstrap", "node", "id")
                .startsWith("router~");
    }

    /// Whether it would, were there anything to count.
    private static boolean counts(ConfigDump dump) {
        return dump.listeners().toString().contains(STATS);
    }

    private static void collectSeen(Proxy server, Map<Pair, Found> found) {
        for (Sample sample : Metrics.named(server.metrics(), "istio_requests_total")) {
            if (isPlain(sample)) {
                of(found, client(sample), server.workload()).requests += sample.value();
            }
        }
        for (Sample sample : Metrics.named(server.metrics(), "istio_tcp_connections_opened_total")) {
            if (isPlain(sample)) {
                of(found, client(sample), server.workload()).connections += sample.value();
            }
        }
    }

    private static boolean isPlain(Sample sample) {
        return sample.label("reporter").equals("destination")
                && sample.label("connection_security_policy").equals("none")
                && sample.value() > 0;
    }

    private static String client(Sample sample) {
        String workload = sample.label("source_workload");
        return workload.isEmpty() || workload.equals(UNKNOWN)
                ? UNKNOWN
                : workload + "." + sample.label("source_workload_namespace");
    }

    private static Found of(Map<Pair, Found> found, String client, String server) {
        return found.computeIfAbsent(new Pair(client, server), _ -> new Found());
    }

    private static void collectConfigured(
            Proxy client, Map<String, String> byAddress, String namespace, Map<Pair, Found> found) {
        for (JsonNode cluster : client.dump().clusters()) {
            String name = cluster.path("name").asString("");
            if (!name.startsWith("outbound|")) {
                continue;
            }
            OutboundTls sent = OutboundTls.of(client.dump(), cluster);
            for (OutboundTls.Target target : sent.targets()) {
                String server = byAddress.getOrDefault(target.address(), "");
                boolean meant = !server.isEmpty() && (namespace.isEmpty() || server.endsWith("." + namespace));
                if (meant && !sent.sends(target).equals("mutual TLS")) {
                    of(found, client.workload(), server).reasons.add(reason(sent));
                }
            }
        }
    }

    private static String reason(OutboundTls sent) {
        if (sent.rule().isEmpty()) {
            return sent.mode().equals("AUTO")
                    ? "the server says that it takes plaintext only"
                    : "automatic mutual TLS is off for it";
        }
        return "DestinationRule " + sent.rule() + (sent.ruleAt().isEmpty() ? "" : " at " + sent.ruleAt()) + " says "
                + (sent.mode().equals("AUTO") ? "otherwise" : sent.mode());
    }

    /// With advice below.
    public String table() {
        StringBuilder text = new StringBuilder();
        if (rows.isEmpty()) {
            text.append("Nobody would be refused: no plaintext was seen and none is configured.\n");
        } else {
            Table table = new Table(3, "CLIENT", "SERVER", "REQUESTS", "CONNECTIONS", "WHY");
            rows.forEach(row -> table.row(
                    row.client(),
                    row.server(),
                    Long.toString(row.requests()),
                    Long.toString(row.connections()),
                    row.why()));
            text.append(table);
        }
        if (!silent.isEmpty()) {
            text.append("\nWithout metrics, so only their configuration was looked at: ")
                    .append(silent.stream().sorted().distinct().collect(Collectors.joining(", ")))
                    .append('\n');
        }
        return text.toString();
    }
}
