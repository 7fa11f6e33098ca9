package dev.lateen.local.agent;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.http.HttpConnectionManagerDecoder;
import dev.lateen.proxy.route.RouteConfig;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.xds.KnownTypes;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads from Envoy's admin API what it has in force. What it does not say is empty.
///
/// Thread: any; blocks while Envoy answers.
final class EnvoyState {
    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonFormat.Parser PARSER = JsonFormat.parser()
            .ignoringUnknownFields()
            .usingTypeRegistry(
                    TypeRegistry.newBuilder().add(KnownTypes.descriptors()).build());
    private static final Map<String, String> LIMITS = Map.of(
            "max_connections", "connections",
            "max_pending_requests", "pending requests",
            "max_requests", "requests",
            "max_retries", "retries");
    /// What our control plane and Istio's write where a rule sets no limit.
    private static final long UNLIMITED = 0xFFFF_FFFFL;

    private static final String RBAC = "rbac.v3.RBAC";
    private static final String JWT = "jwt_authn.v3.JwtAuthentication";

    private final EnvoyAdmin envoy;

    EnvoyState(EnvoyAdmin envoy) {
        this.envoy = envoy;
    }

    /// Name of the routes of a port; of several those of the host, as Istio names them.
    Optional<String> table(int port, String authority) {
        String own = authority.replaceFirst(":[0-9]+$", "") + ":" + port;
        return dump("dynamic_route_configs", "(http[.])?" + port + "|https?[.]" + port + "[.].*|.*:" + port).stream()
                .map(one -> Trees.text(one, "route_config", "name"))
                .min(Comparator.comparing((String name) -> !name.equals(own)).thenComparing(name -> name));
    }

    Optional<RouteTable> routes(String table) {
        for (JsonNode one : dump("dynamic_route_configs", quoted(table))) {
            RouteConfiguration.Builder routes = RouteConfiguration.newBuilder();
            try {
                PARSER.merge(withoutType(one.path("route_config")), routes);
            } catch (InvalidProtocolBufferException _) {
                // A filter or matcher that we do not know: nothing can be said about it.
                return Optional.empty();
            }
            Decoded<RouteConfig> decoded = HttpConnectionManagerDecoder.routes().decode(routes.build());
            return switch (decoded) {
                case Decoded.Ok<RouteConfig>(RouteConfig config) -> Optional.of(new RouteTable(config));
                case Decoded.Rejected<RouteConfig> _ -> Optional.empty();
            };
        }
        return Optional.empty();
    }

    /// Where the route that was made from this field of a resource leads, as far as it leads to one cluster.
    Optional<String> clusterOf(String table, String resource, String field) {
        for (JsonNode one : dump("dynamic_route_configs", quoted(table))) {
            for (JsonNode host : one.path("route_config").path("virtual_hosts")) {
                for (JsonNode route : host.path("routes")) {
                    JsonNode made = route.path("metadata").path("filter_metadata");
                    String cluster = Trees.text(route, "route", "cluster");
                    if (!cluster.isEmpty()
                            && Trees.text(made, "istio", "config").equals(resource)
                            && Trees.text(made, "lateen", "field").equals(field)) {
                        return Optional.of(cluster);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /// In a dump the type stands within, as in an `Any`.
    private static String withoutType(JsonNode message) {
        return message instanceof ObjectNode object
                ? object.deepCopy().without("@type").toString()
                : "{}";
    }

    /// What a cluster was made from.
    Metadata metadata(String cluster) {
        Metadata.Builder metadata = Metadata.newBuilder();
        for (JsonNode one : dump("dynamic_active_clusters", quoted(cluster))) {
            JsonNode filters = one.path("cluster").path("metadata").path("filter_metadata");
            try {
                PARSER.merge(Trees.object("filter_metadata", filters).toString(), metadata);
            } catch (InvalidProtocolBufferException _) {
                return Metadata.getDefaultInstance();
            }
        }
        return metadata.build();
    }

    /// The limits of a cluster's circuit that a rule sets.
    List<String> limits(String cluster) {
        List<String> limits = new ArrayList<>();
        for (JsonNode one : dump("dynamic_active_clusters", quoted(cluster))) {
            for (JsonNode thresholds :
                    one.path("cluster").path("circuit_breakers").path("thresholds")) {
                LIMITS.forEach((field, name) -> {
                    long most = thresholds.path(field).asLong(UNLIMITED);
                    if (most < UNLIMITED) {
                        limits.add(name + " at most " + most);
                    }
                });
            }
        }
        return limits.stream().sorted().toList();
    }

    /// How a cluster's hosts are now, in our proxy's words.
    Optional<String> hosts(String cluster) {
        for (JsonNode one : ask("/clusters?format=json").path("cluster_statuses")) {
            if (Trees.text(one, "name").equals(cluster)) {
                int ejected = 0;
                int healthy = 0;
                List<String> bad = new ArrayList<>();
                for (JsonNode host : one.path("host_statuses")) {
                    JsonNode health = host.path("health_status");
                    boolean out = health.path("failed_outlier_check").asBoolean(false);
                    boolean good = !out
                            && !health.path("failed_active_health_check").asBoolean(false)
                            && health.path("eds_health_status")
                                    .asString("HEALTHY")
                                    .equals("HEALTHY");
                    ejected += out ? 1 : 0;
                    healthy += good ? 1 : 0;
                    if (!good) {
                        JsonNode at = host.path("address").path("socket_address");
                        bad.add(Trees.text(at, "address") + ":"
                                + at.path("port_value").asInt(0) + (out ? " ejected" : " unhealthy"));
                    }
                }
                int all = one.path("host_statuses").size();
                return Optional.of(all + " hosts, " + healthy + " healthy, " + ejected + " ejected"
                        + (bad.isEmpty() ? "" : ": " + String.join(", ", bad)));
            }
        }
        return Optional.empty();
    }

    /// Names of the rules of AuthorizationPolicies that allow, each once.
    List<String> allowPolicies() {
        return policies("rules", "");
    }

    /// Names of the rules of policies that ask an external authorizer.
    List<String> customPolicies() {
        return policies("shadow_rules", "istio-ext-authz-");
    }

    private List<String> policies(String rules, String prefix) {
        TreeSet<String> names = new TreeSet<>();
        for (JsonNode filter : inboundFilters(RBAC)) {
            JsonNode some = filter.path(rules);
            boolean allows = some.path("action").asString("ALLOW").equals("ALLOW");
            if (allows || !prefix.isEmpty()) {
                some.path("policies")
                        .propertyNames()
                        .forEach(name -> names.add(name.startsWith(prefix) ? name.substring(prefix.length()) : name));
            }
        }
        return List.copyOf(names);
    }

    /// Whose tokens the workload accepts.
    List<String> issuers() {
        TreeSet<String> issuers = new TreeSet<>();
        for (JsonNode filter : inboundFilters(JWT)) {
            for (JsonNode provider : filter.path("providers")) {
                issuers.add(Trees.text(provider, "issuer"));
            }
        }
        issuers.remove("");
        return List.copyOf(issuers);
    }

    /// Configurations of a filter. Only what comes in is guarded: of a sidecar its inbound listener, of a gateway all.
    private List<JsonNode> inboundFilters(String type) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode one : dump("dynamic_listeners", ".*")) {
            collect(one.path("active_state").path("listener"), type, found);
        }
        return found;
    }

    private static void collect(JsonNode node, String type, List<JsonNode> found) {
        if (Trees.text(node, "@type").endsWith(type)) {
            found.add(node);
        }
        node.forEach(child -> collect(child, type, found));
    }

    private List<JsonNode> dump(String resource, String names) {
        List<JsonNode> all = new ArrayList<>();
        ask("/config_dump?resource=" + resource + "&name_regex=" + URLEncoder.encode(names, StandardCharsets.UTF_8))
                .path("configs")
                .forEach(all::add);
        return all;
    }

    private JsonNode ask(String path) {
        try {
            return JSON.readTree(envoy.get(path).orElse("{}"));
        } catch (JacksonException _) {
            return JSON.createObjectNode();
        }
    }

    private static String quoted(String name) {
        return "\\Q" + name + "\\E";
    }
}
