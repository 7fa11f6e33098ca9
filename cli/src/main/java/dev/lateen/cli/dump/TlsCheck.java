package dev.lateen.cli.dump;

import dev.lateen.cli.output.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Whether a client and the servers that it knows agree about TLS, by the configuration that both hold.
public record TlsCheck(List<Row> rows) {
    private static final String OUTBOUND = "outbound|";
    private static final String NONE = "-";

    /// One port of a service, or of a subset.
    ///
    /// @param status `OK`, `CONFLICT`, `AUTO` where each endpoint decides and all agree, or `-` without endpoints
    /// @param server `STRICT`, `PERMISSIVE` or `DISABLE`; `-` without a proxy; several where servers differ
    /// @param client what the destination rule demands; `-` where each endpoint decides
    /// @param problems what does not fit together and what to do, for people
    public record Row(
            String hostPort,
            String status,
            String server,
            String client,
            String authnPolicy,
            String destinationRule,
            List<String> problems) {}

    /// The other end.
    public interface Servers {
        /// The server at an address, if a proxy of the mesh is there.
        Optional<Server> at(String address);
    }

    /// @param policies what decides at each of its ports
    public record Server(String name, ConfigDump dump, Policies policies) {}

    /// Who says what a server demands.
    public interface Policies {
        Optional<Policy> at(int port);
    }

    /// @param name `name/namespace`
    /// @param at `file:line`
    public record Policy(String name, String at) {}

    /// @param service host name, its first words, or with `:PORT`; empty for all
    public static TlsCheck of(ConfigDump client, String service, Servers servers) {
        List<Row> rows = new ArrayList<>();
        for (JsonNode cluster : client.clusters()) {
            String name = cluster.path("name").asString("");
            String[] parts = name.split("\\|", -1);
            if (name.startsWith(OUTBOUND) && parts.length == 4 && isMeant(service, parts[3], parts[1])) {
                OutboundTls sent = OutboundTls.of(client, cluster);
                String subset = parts[2].isEmpty() ? "" : "[" + parts[2] + "]";
                rows.add(row(parts[3] + ":" + parts[1] + subset, sent, servers));
            }
        }
        rows.sort(Comparator.comparing(Row::hostPort));
        return new TlsCheck(List.copyOf(rows));
    }

    private static boolean isMeant(String service, String host, String port) {
        int colon = service.lastIndexOf(':');
        String name = colon < 0 ? service : service.substring(0, colon);
        boolean ofPort = colon < 0 || service.substring(colon + 1).equals(port);
        return ofPort && (name.isEmpty() || host.equals(name) || host.startsWith(name + "."));
    }

    private static Row row(String hostPort, OutboundTls sent, Servers servers) {
        Set<String> modes = new LinkedHashSet<>();
        Set<String> policies = new LinkedHashSet<>();
        Set<String> problems = new LinkedHashSet<>();
        for (OutboundTls.Target target : sent.targets()) {
            Optional<Server> server = servers.at(target.address());
            String mode = server.flatMap(s -> InboundTls.mode(s.dump(), target.port()))
                    .orElse(NONE);
            Optional<Policy> policy = server.flatMap(s -> s.policies().at(target.port()));
            modes.add(mode);
            policies.add(
                    policy.filter(_ -> !mode.equals(NONE)).map(Policy::name).orElse(NONE));
            problem(sent, target, mode)
                    .ifPresent(problem -> problems.add(hostPort + ": " + problem
                            + policy.filter(_ -> !mode.equals(NONE))
                                    .map(p -> "\n  server: PeerAuthentication " + p.name() + " at " + p.at())
                                    .orElse("")
                            + (sent.rule().isEmpty()
                                    ? ""
                                    : "\n  client: DestinationRule " + sent.rule()
                                            + (sent.ruleAt().isEmpty() ? "" : " at " + sent.ruleAt()))));
        }
        boolean auto = sent.mode().equals("AUTO");
        String status = sent.targets().isEmpty() ? NONE : !problems.isEmpty() ? "CONFLICT" : auto ? "AUTO" : "OK";
        return new Row(
                hostPort,
                status,
                joined(modes),
                auto ? NONE : sent.mode(),
                joined(policies),
                sent.rule().isEmpty() ? NONE : sent.rule(),
                List.copyOf(problems));
    }

    private static String joined(Set<String> words) {
        return words.isEmpty() ? NONE : words.stream().sorted().collect(Collectors.joining(","));
    }

    private static Optional<String> problem(OutboundTls sent, OutboundTls.Target target, String mode) {
        String sends = sent.sends(target);
        boolean mutual = sends.equals("mutual TLS");
        String advice = switch (mode) {
            case "STRICT" ->
                mutual
                        ? ""
                        : "the server takes mutual TLS only and the client sends " + sends
                                + " (expected: mode ISTIO_MUTUAL, or no 'tls' in the destination rule)";
            case "DISABLE" ->
                mutual
                        ? "the server takes plaintext only and the client sends mutual TLS (expected: mode"
                                + " DISABLE in the destination rule, or another mode at the server)"
                        : "";
            case NONE ->
                mutual
                        ? "the client sends mutual TLS to " + target.address() + ":" + target.port()
                                + ", where no sidecar takes it (expected: mode DISABLE in the destination rule, or a"
                                + " sidecar)"
                        : "";
            default -> "";
        };
        return Optional.of(advice).filter(text -> !text.isEmpty());
    }

    public boolean hasConflicts() {
        return rows.stream().anyMatch(row -> row.status().equals("CONFLICT"));
    }

    /// With what is wrong below.
    public String table() {
        Table table = new Table(5, "HOST:PORT", "STATUS", "SERVER", "CLIENT", "AUTHN POLICY", "DESTINATION RULE");
        StringBuilder problems = new StringBuilder();
        for (Row row : rows) {
            table.row(row.hostPort, row.status, row.server, row.client, row.authnPolicy, row.destinationRule);
            row.problems.forEach(
                    problem -> problems.append('\n').append(problem).append('\n'));
        }
        return table + problems.toString();
    }
}
