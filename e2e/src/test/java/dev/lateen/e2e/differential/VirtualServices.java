package dev.lateen.e2e.differential;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import dev.lateen.e2e.behaviour.Bootstrap;
import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.e2e.behaviour.Ports;
import dev.lateen.e2e.behaviour.RunningProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// VirtualServices of gateways, each with a port of its own, on their whole way: text, checks, translation for either
/// data plane, traffic. Thread: one.
final class VirtualServices {
    /// Hosts of one service must not overlap.
    private static final List<List<String>> HOSTS = List.of(
            List.of("*"), List.of("*"), List.of("*.test"), List.of("a.test", "b.test", "*.a.test", "shop.default.svc"));
    private static final List<String> DESTINATIONS = List.of("red", "green", "blue");
    private static final List<String> VALUES = List.of("one", "two", "ONE", "12", "o");

    private final Dice dice;

    VirtualServices(Dice dice) {
        this.dice = dice;
    }

    Side.Configuration next(int count) {
        List<String> services = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            services.add(service(i));
        }
        return new Gateways(List.copyOf(services), new EnumMap<>(DataPlane.class));
    }

    private record Gateways(List<String> services, Map<DataPlane, List<Integer>> ports) implements Side.Configuration {
        private static final String SETTINGS = """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                    accessLogFile: "%s"
                    accessLogFormat: "%s"
                    enableTracing: false
                """;
        private static final String SERVER = """
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: %1$s, namespace: default}
                spec:
                  hosts: [%1$s.svc.test]
                  location: MESH_EXTERNAL
                  resolution: STATIC
                  ports: [{number: 80, name: web, protocol: %3$s}]
                  endpoints: [{address: 127.0.0.1, ports: {web: %2$d}, labels: {version: v1}}]
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %1$s, namespace: default}
                spec: {host: %1$s.svc.test, subsets: [{name: v1, labels: {version: v1}}]}
                """;
        private static final String GATEWAY = """
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: g%1$d, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers: [{port: {number: %2$d, name: http, protocol: HTTP}, hosts: ["*"]}]
                """;

        @Override
        public int size() {
            return services.size();
        }

        @Override
        public Bootstrap bootstrap(DataPlane plane, Recorder servers, Path log) throws IOException {
            StringBuilder yaml = new StringBuilder(SETTINGS.formatted(log, Side.LOG_FORMAT));
            for (String name : RouteTables.SERVERS) {
                yaml.append(SERVER.formatted(name, servers.port(name), servers.isHttp2(name) ? "GRPC" : "HTTP"));
            }
            List<Integer> mine = new ArrayList<>();
            for (int i = 0; i < services.size(); i++) {
                mine.add(Ports.free());
                yaml.append(GATEWAY.formatted(i, mine.get(i))).append(services.get(i));
            }
            ports.put(plane, mine);
            return TranslatedGateway.bootstrap(yaml.toString(), plane.nodeMetadata(), mine);
        }

        @Override
        public int port(int table, DataPlane plane, RunningProxy proxy) {
            return Objects.requireNonNull(ports.get(plane)).get(table);
        }

        @Override
        public String text(int table) {
            return services.get(table);
        }
    }

    private String service(int gateway) {
        List<String> hosts = dice.some(2 + dice.upTo(2), dice.one(HOSTS));
        StringBuilder yaml = new StringBuilder("""
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v%1$d, namespace: default}
                spec:
                  gateways: [g%1$d]
                  hosts: ["%2$s"]
                  http:
                """.formatted(gateway, String.join("\", \"", hosts)));
        for (int n = 1 + dice.upTo(5); n >= 0; n--) {
            yaml.append("  - {").append(route(n == 0 && dice.in(80))).append("}\n");
        }
        return yaml.toString();
    }

    /// @param last without a condition, so that something comes for every request
    private String route(boolean last) {
        String match = last || dice.in(10) ? "" : "match: [" + dice.list(1, 2, this::match) + "], ";
        return match
                + dice.maybe(10, () -> "headers: " + headers() + ", ")
                + switch (dice.upTo(last ? 3 : 6)) {
                    case 5 -> "redirect: {" + redirect() + "}";
                    case 6 ->
                        "directResponse: {status: %d%s}"
                                .formatted(
                                        dice.one(List.of(200, 403, 404, 503)),
                                        dice.maybe(60, () -> ", body: {string: said}"));
                    default -> forward();
                };
    }

    private String match() {
        List<String> conditions = new ArrayList<>();
        if (dice.in(80)) {
            conditions.add("uri: {"
                    + dice.one(List.of(
                            "exact: /a",
                            "exact: /a/b",
                            "exact: /",
                            "prefix: /",
                            "prefix: /a",
                            "prefix: /a/",
                            "prefix: /A",
                            "prefix: /b",
                            "regex: \"/[a-c]/[0-9]+\"",
                            "regex: \"/a/.*\"",
                            "regex: \"/a|/b\""))
                    + "}" + dice.maybe(20, () -> ", ignoreUriCase: true"));
        }
        if (dice.in(30)) {
            conditions.add("headers: {" + dice.one(List.of("x-a", "x-b", "cookie")) + ": " + text() + "}");
        }
        if (dice.in(15)) {
            conditions.add("withoutHeaders: {" + dice.one(List.of("x-c", "x-b")) + ": " + text() + "}");
        }
        if (dice.in(20)) {
            conditions.add("queryParams: {" + dice.one(List.of("a", "b")) + ": " + text() + "}");
        }
        if (dice.in(15)) {
            conditions.add("method: {" + dice.one(List.of("exact: GET", "exact: POST", "regex: \"P.*\"")) + "}");
        }
        if (dice.in(15) || conditions.isEmpty()) {
            conditions.add("authority: {" + dice.one(List.of("exact: a.test", "prefix: x", "regex: \".*test\"")) + "}");
        }
        return "{" + String.join(", ", conditions) + "}";
    }

    private String text() {
        return switch (dice.upTo(4)) {
            case 0 -> "{prefix: \"" + dice.one(VALUES) + "\"}";
            case 1 -> "{regex: \"" + dice.one(List.of("[a-z]+", "o.*", ".*", "(?i)one")) + "\"}";
            case 2 -> dice.in(50) ? "{}" : "{exact: \"\"}";
            default -> "{exact: \"" + dice.one(VALUES) + "\"}";
        };
    }

    private String redirect() {
        List<String> parts = new ArrayList<>();
        if (dice.in(60)) {
            parts.add("uri: " + dice.one(List.of("/new", "/")));
        }
        if (dice.in(50) || parts.isEmpty()) {
            parts.add("authority: else.test");
        }
        if (dice.in(30)) {
            parts.add(dice.one(List.of("port: 8443", "derivePort: FROM_PROTOCOL_DEFAULT")));
        }
        if (dice.in(30)) {
            parts.add("scheme: https");
        }
        if (dice.in(40)) {
            parts.add("redirectCode: " + dice.one(List.of(301, 302, 303, 307, 308)));
        }
        return String.join(", ", parts);
    }

    private String forward() {
        List<String> destinations = new ArrayList<>();
        if (dice.in(30)) {
            int taker = dice.upTo(DESTINATIONS.size() - 1);
            for (int i = 0; i < DESTINATIONS.size(); i++) {
                destinations.add(destination(DESTINATIONS.get(i)) + ", weight: " + (i == taker ? 100 : 0));
            }
        } else {
            destinations.add(destination(dice.in(8) ? "nowhere" : dice.one(DESTINATIONS)));
        }
        return "route: [{" + String.join("}, {", destinations) + "}]"
                + dice.maybe(30, () -> ", rewrite: {" + rewrite() + "}")
                + dice.maybe(
                        15,
                        () -> ", fault: {abort: {%s}}"
                                .formatted(dice.one(List.of(
                                        "httpStatus: 404, percentage: {value: 100}",
                                        "httpStatus: 503, percentage: {value: 100}",
                                        "httpStatus: 503, percentage: {value: 0}",
                                        "httpStatus: 503",
                                        "percentage: {value: 100}"))))
                + dice.maybe(
                        15,
                        () -> ", mirror: {host: shadow.svc.test}, mirrorPercentage: {value: "
                                + dice.one(List.of(0, 100)) + "}")
                + dice.maybe(30, () -> ", corsPolicy: {" + cors() + "}")
                + dice.maybe(25, () -> ", retries: {" + retries() + "}")
                + dice.maybe(20, () -> ", timeout: 30s");
    }

    private String destination(String name) {
        return "destination: {host: %s.svc.test, port: {number: 80}%s}%s"
                .formatted(
                        name,
                        dice.maybe(20, () -> ", subset: " + dice.one(List.of("v1", "v1", "v9"))),
                        dice.maybe(20, () -> ", headers: " + (dice.in(30) ? host() : headers())));
    }

    /// Headers that are another host.
    private String host() {
        return "{request: {%s: {\"%s\": given.test}}}"
                .formatted(dice.one(List.of("set", "add")), dice.one(List.of("host", "Host", ":authority")));
    }

    private String rewrite() {
        String uri = dice.one(List.of(
                "uri: /new",
                "uri: /",
                "uri: /new/",
                "uriRegexRewrite: {match: \"^/([a-z])/(.*)$\", rewrite: \"/\\\\2/\\\\1\"}",
                ""));
        return uri.isEmpty() ? "authority: new.test" : uri + dice.maybe(30, () -> ", authority: new.test");
    }

    private String headers() {
        List<String> sides = new ArrayList<>();
        if (dice.in(70)) {
            sides.add("request: {" + changes(List.of("x-a", "x-set", "user-agent")) + "}");
        }
        if (dice.in(50) || sides.isEmpty()) {
            sides.add("response: {" + changes(List.of("x-up", "x-set", "x-two")) + "}");
        }
        return "{" + String.join(", ", sides) + "}";
    }

    private String changes(List<String> names) {
        List<String> all = new ArrayList<>();
        if (dice.in(60)) {
            all.add("set: {\"" + dice.one(names) + "\": " + dice.one(List.of("plain", "\"%REQ(x-b)%\"", "\"100%%\""))
                    + "}");
        }
        if (dice.in(50)) {
            all.add("add: {x-added: one, x-a: more}");
        }
        if (dice.in(40) || all.isEmpty()) {
            all.add("remove: [" + dice.one(List.of("x-a", "x-up", "x-b", "set-cookie")) + "]");
        }
        return String.join(", ", all);
    }

    private String cors() {
        return "allowOrigins: ["
                + dice.one(
                        List.of("{exact: \"http://one.test\"}", "{exact: \"*\"}", "{regex: \"https?://[a-z]+.test\"}"))
                + "]"
                + dice.maybe(60, () -> ", allowMethods: [GET, POST]")
                + dice.maybe(50, () -> ", allowHeaders: [x-a, x-b]")
                + dice.maybe(40, () -> ", exposeHeaders: [x-up]")
                + dice.maybe(40, () -> ", maxAge: 60s")
                + dice.maybe(40, () -> ", allowCredentials: " + dice.in(50))
                + dice.maybe(30, () -> ", unmatchedPreflights: " + dice.one(List.of("FORWARD", "IGNORE")));
    }

    private String retries() {
        if (dice.in(20)) {
            return "attempts: 0";
        }
        return "attempts: %d%s%s"
                .formatted(
                        1 + dice.upTo(1),
                        dice.maybe(
                                60,
                                () -> ", retryOn: \""
                                        + dice.one(List.of("5xx", "gateway-error", "reset", "503,418", "retriable-4xx"))
                                        + "\""),
                        dice.maybe(20, () -> ", perTryTimeout: 10s"));
    }
}
