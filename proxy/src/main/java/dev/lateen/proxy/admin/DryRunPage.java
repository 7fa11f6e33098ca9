package dev.lateen.proxy.admin;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.cluster.Discovery;
import dev.lateen.proxy.cluster.RoutePriority;
import dev.lateen.proxy.http.filter.FilterConfig;
import dev.lateen.proxy.jwt.TokenOutput;
import dev.lateen.proxy.route.HostRewrite;
import dev.lateen.proxy.route.RouteAction.ClusterChoice;
import dev.lateen.proxy.route.RouteAction.DirectResponse;
import dev.lateen.proxy.route.RouteAction.Forward;
import dev.lateen.proxy.route.RouteAction.Redirect;
import dev.lateen.proxy.route.RouteAction.WeightedCluster;
import dev.lateen.proxy.route.RouteEntry;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// `/decisions/dry`: what would become of a request, by the routes and the hosts in force; nothing is sent.
///
/// Thread: chores loop.
final class DryRunPage {
    private static final int USUAL_PORT = 80;
    /// Of headers and of claims.
    private static final int MOST = 64;
    private static final int UNAVAILABLE = 503;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final String FAULT = "envoy.filters.http.fault";

    private final String proxy;
    private final AdminBackend backend;
    private final Clusters clusters;

    DryRunPage(String proxy, AdminBackend backend, Clusters clusters) {
        this.proxy = proxy;
        this.backend = backend;
        this.clusters = clusters;
    }

    AdminReply of(AdminRequest request) {
        String authority = request.parameter("authority").orElse("");
        if (authority.isEmpty()) {
            return AdminReply.text(400, "authority: missing (expected: the host that is asked)\n");
        }
        RequestHead head = new RequestHead(
                HttpVersion.HTTP_1_1,
                request.parameter("method").orElse("GET"),
                "http",
                authority,
                request.parameter("path").orElse("/"),
                headers(request));
        StreamInfo info = new StreamInfo();
        try {
            Map<String, Object> claims = ClaimedToken.payload(some(request, "claim"));
            if (!claims.isEmpty()) {
                info.metadata().put(TokenOutput.NAMESPACE, ClaimedToken.KEY, claims);
            }
        } catch (IllegalArgumentException wrong) {
            return AdminReply.text(400, "claim: " + wrong.getMessage() + "\n");
        }
        String direction = request.parameter("direction").orElse("outbound").toUpperCase(Locale.ROOT);
        return AdminReply.json(json(head, info, direction, port(authority)));
    }

    private static Headers headers(AdminRequest request) {
        Headers headers = new Headers();
        for (String header : some(request, "header")) {
            int colon = header.indexOf(':');
            if (colon > 0) {
                headers.add(
                        header.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        header.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    private static List<String> some(AdminRequest request, String parameter) {
        List<String> given = request.query().getOrDefault(parameter, List.of());
        return given.subList(0, Math.min(MOST, given.size()));
    }

    private static int port(String authority) {
        int colon = authority.lastIndexOf(':');
        String port = colon < 0 ? "" : authority.substring(colon + 1);
        return port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : USUAL_PORT;
    }

    private String json(RequestHead head, StreamInfo info, String direction, int port) {
        JsonOut json = new JsonOut().object();
        json.text("proxy", proxy);
        List<AdminBackend.Routed> tables = candidates(direction, head.authority(), port);
        Optional<AdminBackend.Routed> found = tables.stream()
                .filter(one -> one.table().find(head, 0, info) != null)
                .findFirst();
        Optional<AdminBackend.Routed> table = found.or(() -> tables.stream().findFirst());
        if (table.isEmpty()) {
            return json.text("action", "no listener of this proxy has routes for port " + port)
                    .end()
                    .toString();
        }
        json.text("listener", table.get().listener());
        RouteTable routes = table.get().table();
        RouteEntry entry = routes.find(head, 0, info);
        DecisionsPage.route(json, entry == null ? routes.none() : entry.facts());
        DecisionsPage.nearly(json, routes, head, entry == null ? null : entry.facts());
        if (entry == null) {
            json.text("action", "404 NR route_not_found").number("status", 404);
        } else {
            action(json, entry, head);
        }
        return json.end().toString();
    }

    /// The tables that the request may come to, the likeliest first.
    private List<AdminBackend.Routed> candidates(String direction, String authority, int port) {
        List<AdminBackend.Routed> all = new ArrayList<>(backend.routed().stream()
                .filter(one ->
                        one.direction().equals(direction) || one.direction().equals("UNSPECIFIED"))
                .filter(one -> rank(one.table().config().name(), authority, port) < 4)
                .toList());
        all.sort(Comparator.comparingInt(one -> rank(one.table().config().name(), authority, port)));
        return all;
    }

    /// How Istio names tables: by service and port, by port alone, of a gateway, or of an explicit HTTP proxy.
    private static int rank(String table, String authority, int port) {
        String host = authority.replaceFirst(":[0-9]+$", "");
        if (table.equals(host + ":" + port)) {
            return 0;
        }
        if (table.equals(Integer.toString(port))
                || table.startsWith("http." + port)
                || table.startsWith("inbound|" + port + "|")) {
            return 1;
        }
        return table.equals("http_proxy") ? 2 : table.startsWith("http.") ? 3 : 4;
    }

    private void action(JsonOut json, RouteEntry entry, RequestHead head) {
        if (entry.override(FAULT) instanceof FilterConfig.Fault fault && aborts(fault, head)) {
            json.text(
                    "fault",
                    "abort with " + fault.abortStatus() + " of "
                            + fault.abortShare().numerator() + " in "
                            + fault.abortShare().denominator());
            if (fault.abortShare().numerator() >= fault.abortShare().denominator()) {
                json.text("action", "the fault answers").number("status", fault.abortStatus());
                return;
            }
        }
        switch (entry.route().action()) {
            case DirectResponse(int status, var _) ->
                json.text("action", "the route answers " + status + " by itself")
                        .number("status", status);
            case Redirect redirect ->
                json.text(
                                "action",
                                "redirect to "
                                        + redirect.location(head, entry.route().match()))
                        .number("status", redirect.status());
            case Forward forward -> forward(json, entry, forward, head);
        }
    }

    private static boolean aborts(FilterConfig.Fault fault, RequestHead head) {
        return fault.abortStatus() > 0 && fault.headers().stream().allMatch(header -> header.matches(head));
    }

    private void forward(JsonOut json, RouteEntry entry, Forward forward, RequestHead head) {
        json.text("action", "forward");
        rewritten(json, entry, forward, head);
        if (forward.timeouts().totalNanos() > 0) {
            json.number("timeoutMicros", forward.timeouts().totalNanos() / NANOS_PER_MICRO);
        }
        forward.retry().ifPresent(retry -> json.number("retries", retry.retries()));
        json.array("clusters");
        switch (forward.cluster()) {
            case ClusterChoice.Named(String name) -> cluster(json, name, 100);
            case ClusterChoice.FromHeader(String header) ->
                cluster(json, Optional.ofNullable(head.headers().get(header)).orElse(""), 100);
            case ClusterChoice.Weighted(List<WeightedCluster> weighted, long total, var _) -> {
                for (WeightedCluster one : weighted) {
                    String name = one.name(head);
                    cluster(json, name == null ? "" : name, Math.round(100.0 * one.weight() / total));
                }
            }
        }
        json.end();
    }

    /// What the server will see of the target; nothing where that is what was asked.
    private static void rewritten(JsonOut json, RouteEntry entry, Forward forward, RequestHead head) {
        String path = forward.rewrites()
                .path()
                .apply(head.path(), entry.route().match().path());
        if (!path.equals(head.path())) {
            json.text("rewrittenPath", path);
        }
        if (forward.rewrites().host() instanceof HostRewrite.Literal(String host) && !host.isEmpty()) {
            json.text("rewrittenAuthority", host);
        }
    }

    /// Whether each request to it fails. One whose hosts are found when they are asked for has none before.
    private static boolean isEmpty(Cluster cluster) {
        return switch (cluster.config().discovery()) {
            case Discovery.Static _, Discovery.Eds _, Discovery.Dns _ ->
                cluster.hosts().isEmpty();
            case Discovery.OriginalDst _, Discovery.Named _ -> false;
        };
    }

    private void cluster(JsonOut json, String name, long percent) {
        json.object().text("name", name).number("percent", percent);
        Cluster cluster = clusters.get(name);
        if (cluster == null) {
            json.text("hosts", "there is no such cluster: 503 NC cluster_not_found")
                    .number("status", UNAVAILABLE);
        } else {
            Map<String, Map<String, Object>> metadata =
                    cluster.config().metadata().namespaces();
            DecisionsPage.resource(json, metadata);
            json.text("hosts", cluster.describeHosts());
            if (isEmpty(cluster)) {
                json.number("status", UNAVAILABLE);
            }
            json.text("circuit", cluster.describeLimits(RoutePriority.DEFAULT));
        }
        json.end();
    }
}
