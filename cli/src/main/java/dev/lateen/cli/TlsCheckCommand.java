package dev.lateen.cli;

import dev.lateen.cli.dump.ConfigDump;
import dev.lateen.cli.dump.TlsCheck;
import dev.lateen.cli.mesh.PodProxy;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `authn tls-check`: whether a pod and the services that it calls agree about mutual TLS.
@Command(
        name = "tls-check",
        description = {
            "Show whether a pod and the services it calls agree about TLS, by the configuration that the proxies at both"
                    + " ends hold.",
            "STATUS: OK, AUTO (no rule; each endpoint decides), CONFLICT, or - where there is nobody to call.",
            "SERVER: STRICT, PERMISSIVE, DISABLE, or - where no proxy is. CLIENT: what the destination rule demands.",
            "Exit status 0: no conflict, 1: a conflict, or nobody can be asked."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} authn tls-check deploy/order-service",
            "  ${ROOT-COMMAND-NAME} authn tls-check order-service-7c9f-0 user-service.default.svc.cluster.local",
            "  ${ROOT-COMMAND-NAME} authn tls-check deploy/order-service user-service:80 -o json"
        },
        mixinStandardHelpOptions = true)
final class TlsCheckCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "[TYPE/]POD[.NAMESPACE]", description = "The client.")
    private String pod = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SERVICE[:PORT]",
            description = "Only this service: its host name or the first words of it.",
            defaultValue = "")
    private String service = "";

    @Mixin
    private AdminPort admin = new AdminPort();

    @Mixin
    private ControlPlanes controlPlanes = new ControlPlanes();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        ConfigDump client = dump(target.pod(pod));
        Map<String, JsonNode> policies = policies();
        Map<String, Optional<TlsCheck.Server>> known = new HashMap<>();
        TlsCheck check =
                TlsCheck.of(client, service, address -> known.computeIfAbsent(address, one -> server(one, policies)));
        if (check.rows().isEmpty()) {
            throw new IllegalArgumentException(pod + " knows no service"
                    + (service.isEmpty() ? "" : " '" + service + "'")
                    + " (expected: one of those that `proxy-config clusters " + pod + "` shows)");
        }
        output.show(check::table, () -> Json.tree(check.rows()));
        return check.hasConflicts() ? 1 : 0;
    }

    private ConfigDump dump(PodProxy proxy) throws IOException {
        return ConfigDump.parse(admin.of(proxy).get("/config_dump?include_eds"), proxy.name());
    }

    private Optional<TlsCheck.Server> server(String address, Map<String, JsonNode> policies) {
        try {
            Optional<PodProxy> proxy = target.podAt(address);
            if (proxy.isEmpty()) {
                return Optional.empty();
            }
            JsonNode ports = policies.getOrDefault(proxy.get().name(), Json.tree(Map.of()));
            return Optional.of(new TlsCheck.Server(proxy.get().name(), dump(proxy.get()), port -> policy(ports, port)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// What each proxy's clients must do, by the proxy's name. Without an answer the column stays empty.
    private Map<String, JsonNode> policies() {
        Map<String, JsonNode> found = new HashMap<>();
        try {
            controlPlanes
                    .entries(target, "/debug/authenticationz")
                    .forEach(one -> found.put(Json.text(one, "proxy"), one));
        } catch (IOException _) {
            return Map.of();
        }
        return found;
    }

    private static Optional<TlsCheck.Policy> policy(JsonNode proxy, int port) {
        List<JsonNode> ports = Json.items(proxy, "ports");
        return ports.stream()
                .filter(one -> one.path("port").asInt(-1) == port)
                .findFirst()
                .or(() -> ports.stream()
                        .filter(one -> one.path("port").asInt(-1) == 0)
                        .findFirst())
                .filter(one -> one.has("policy"))
                .map(one -> new TlsCheck.Policy(Json.text(one, "policy"), Json.text(one, "at")));
    }
}
