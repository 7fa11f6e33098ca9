package dev.lateen.cli.explain;

import dev.lateen.cli.access.AccessText;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.mesh.HttpPort;
import dev.lateen.cli.output.Json;
import dev.lateen.model.access.AccessReport;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What a request of a pod would meet, without sending it: routes and hosts as its proxy has them, policies as the
/// control plane has them.
///
/// Thread: one; blocks.
public final class DryRun {
    private static final int BAD_REQUEST = 400;
    private static final String HOST = "host:";

    private final Asked asked;
    private final JsonNode route;
    private final Optional<AccessReport> access;
    private final String trouble;

    private DryRun(Asked asked, JsonNode route, Optional<AccessReport> access, String trouble) {
        this.asked = asked;
        this.route = route;
        this.access = access;
        this.trouble = trouble;
    }

    /// @param client `pod.namespace`
    /// @param headers `name: value`
    /// @param claims of a good token, `name=value`
    public record Asked(String client, String method, URI url, List<String> headers, List<String> claims) {
        public Asked {
            headers = List.copyOf(headers);
            claims = List.copyOf(claims);
        }

        /// @param url as curl takes it: with or without a scheme
        /// @param headers of which `Host` replaces the URL's host
        /// @throws IllegalArgumentException for what is no URL, or names no host
        public static Asked of(String client, String method, String url, List<String> headers, List<String> claims) {
            URI uri;
            try {
                uri = URI.create(url.contains("://") ? url : "http://" + url);
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(url + ": no URL: " + wrong.getMessage(), wrong);
            }
            if (uri.getRawAuthority() == null) {
                throw new IllegalArgumentException(url + ": names no host (expected: http://HOST/PATH)");
            }
            Optional<String> host = headers.stream()
                    .filter(header -> header.regionMatches(true, 0, HOST, 0, HOST.length()))
                    .map(header -> header.substring(HOST.length()).strip())
                    .findFirst();
            List<String> others = headers.stream()
                    .filter(header -> !header.regionMatches(true, 0, HOST, 0, HOST.length()))
                    .toList();
            return new Asked(client, method, host.map(name -> at(name, uri)).orElse(uri), others, claims);
        }

        /// The same request of somebody else.
        public Asked by(String other) {
            return new Asked(other, method, url, headers, claims);
        }

        /// The port is where the request goes, whatever it says in its head.
        private static URI at(String host, URI url) {
            String port = host.contains(":") || url.getPort() < 0 ? "" : ":" + url.getPort();
            String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
            return URI.create(url.getScheme() + "://" + host + port + url.getRawPath() + query);
        }

        String path() {
            String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
            return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        }
    }

    /// @param admin of the client's proxy
    /// @throws IOException where the proxy cannot tell
    public static DryRun of(Asked asked, HttpPort admin, List<ControlPlaneAddress> controlPlanes) throws IOException {
        JsonNode route = route(asked, admin);
        List<String> troubles = new ArrayList<>();
        Optional<AccessReport> access = route.path("clusters").isEmpty()
                ? Optional.empty()
                : access(asked, service(route, asked), controlPlanes, troubles);
        return new DryRun(asked, route, access, String.join("; ", troubles));
    }

    /// The route alone, without policies.
    ///
    /// @param admin of the client's proxy
    /// @throws IOException where the proxy cannot tell
    public static DryRun ofRoute(Asked asked, HttpPort admin) throws IOException {
        return new DryRun(asked, route(asked, admin), Optional.empty(), "");
    }

    private static JsonNode route(Asked asked, HttpPort admin) throws IOException {
        StringBuilder query = new StringBuilder("method=" + encoded(asked.method()) + "&authority="
                + encoded(asked.url().getRawAuthority()) + "&path=" + encoded(asked.path()));
        asked.headers().forEach(header -> query.append("&header=").append(encoded(header)));
        asked.claims().forEach(claim -> query.append("&claim=").append(encoded(claim)));
        return Json.read(admin.get("/decisions/dry?" + query));
    }

    /// `name.namespace:port` of the first cluster that the route leads to.
    private static String service(JsonNode route, Asked asked) {
        String[] parts = Json.text(route.path("clusters").path(0), "name").split("\\|", -1);
        String host = parts.length == 4
                ? parts[3].replaceFirst("\\.svc\\..*$", "")
                : asked.url().getHost();
        return host + (parts.length == 4 ? ":" + parts[1] : "");
    }

    private static Optional<AccessReport> access(
            Asked asked, String service, List<ControlPlaneAddress> controlPlanes, List<String> troubles) {
        String headers = asked.headers().stream()
                .map(header -> header.replaceFirst(":\\s*", "="))
                .collect(Collectors.joining("\n"));
        String claims = String.join("\n", asked.claims());
        String query = "client=" + encoded(asked.client()) + "&method=" + encoded(asked.method()) + "&target="
                + encoded(service + asked.path()) + (headers.isEmpty() ? "" : "&headers=" + encoded(headers))
                + (claims.isEmpty() ? "" : "&claims=" + encoded(claims));
        for (ControlPlaneAddress one : controlPlanes) {
            try {
                JsonNode answer = Json.read(one.debug().get("/debug/accessz?" + query));
                if (!answer.has("error")) {
                    return Optional.of(Json.value(answer, AccessReport.class));
                }
                troubles.add(Json.text(answer, "error"));
            } catch (IOException | JacksonException failure) {
                troubles.add(String.valueOf(failure.getMessage()));
            }
        }
        return Optional.empty();
    }

    /// Whether nothing would refuse it, as far as that can be told.
    public boolean passes() {
        int status = route.path("status").asInt(0);
        boolean served = route.has("clusters")
                ? Json.items(route, "clusters").stream().noneMatch(cluster -> cluster.has("status"))
                : status > 0 && status < BAD_REQUEST;
        return served && access.map(AccessReport::allowed).orElse(true);
    }

    public String text() {
        StringBuilder text = new StringBuilder()
                .append(asked.method())
                .append(' ')
                .append(asked.url())
                .append(" from ")
                .append(asked.client())
                .append(" (nothing is sent)\n");
        line(text, "listener", Json.text(route, "listener"));
        JsonNode found = route.path("route");
        if (found.isObject()) {
            String host = Json.text(found, "virtualHost");
            String name = Json.text(found, "name");
            line(
                    text,
                    "route",
                    host.isEmpty()
                            ? "none in table " + Json.text(found, "table")
                            : (name.isEmpty() ? "without a name" : name) + " of " + host + made(found));
        }
        for (JsonNode near : Json.items(route, "nearly")) {
            line(
                    text,
                    "nearly",
                    "route " + Json.text(near, "name") + made(near) + ", which wants " + Json.text(near, "wants"));
        }
        line(text, "fault", Json.text(route, "fault"));
        line(text, "action", Json.text(route, "action"));
        line(text, "host", Json.text(route, "rewrittenAuthority"));
        line(text, "path", Json.text(route, "rewrittenPath"));
        long timeout = route.path("timeoutMicros").asLong(0);
        line(text, "timeout", timeout == 0 ? "" : timeout / 1_000 + " ms");
        line(text, "retries", Json.at(route, "retries").asString(""));
        for (JsonNode cluster : Json.items(route, "clusters")) {
            line(
                    text,
                    "cluster",
                    Json.text(cluster, "name") + ", " + cluster.path("percent").asInt(0) + "%" + made(cluster));
            line(text, "subset", subset(Json.text(cluster, "name")));
            line(text, "hosts", Json.text(cluster, "hosts"));
            line(text, "circuit", Json.text(cluster, "circuit"));
        }
        access.ifPresent(report -> text.append(AccessText.of(report, true)));
        line(text, "policies", trouble.isEmpty() ? "" : "not known: " + trouble);
        return text.toString();
    }

    public JsonNode json() {
        Map<String, Object> all = Json.object("route", route);
        access.ifPresent(report -> all.put("access", report));
        if (!trouble.isEmpty()) {
            all.put("trouble", trouble);
        }
        return Json.tree(all);
    }

    /// Of a cluster that is named as Istio names them: `outbound|80|v1|host`.
    private static String subset(String cluster) {
        String[] parts = cluster.split("\\|", -1);
        return parts.length == 4 && !parts[2].isEmpty() ? parts[2] + " of " + parts[3] + ", port " + parts[1] : "";
    }

    private static String made(JsonNode of) {
        JsonNode from = of.path("from");
        String file = Json.text(from, "file");
        return file.isEmpty()
                ? ""
                : " (" + file + ":" + from.path("line").asInt(0)
                        + (Json.text(from, "field").isEmpty() ? "" : " " + Json.text(from, "field")) + ")";
    }

    private static void line(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append("  ")
                    .append(name)
                    .append(" ".repeat(Math.max(1, 10 - name.length())))
                    .append(value)
                    .append('\n');
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
