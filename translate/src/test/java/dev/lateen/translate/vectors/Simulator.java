package dev.lateen.translate.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// What Envoy would do with a call under a set of listeners and routes, as far as recorded calls ask.
final class Simulator {
    private final Map<String, JsonElement> listeners;
    private final Map<String, JsonElement> routes;

    Simulator(Map<String, JsonElement> listeners, Map<String, JsonElement> routes) {
        this.listeners = listeners;
        this.routes = routes;
    }

    /// Listener, filterChain, routeConfig, virtualHost, route, cluster and error, as far as the call gets.
    Map<String, String> run(JsonObject call) {
        Map<String, String> result = new LinkedHashMap<>();
        Optional<JsonObject> listener = listener(call);
        if (listener.isEmpty()) {
            result.put("error", "no listener matched");
            return result;
        }
        result.put("listener", text(listener.get(), "name"));
        Call seen = see(call, listener.get());
        List<JsonObject> chains = narrow(listener.get(), seen);
        if (chains.size() > 1) {
            result.put("error", "multiple filter chains matched");
            return result;
        }
        if (chains.isEmpty()) {
            if (!listener.get().has("defaultFilterChain")) {
                result.put("error", "no filter chains matched");
                return result;
            }
            chains = List.of(listener.get().getAsJsonObject("defaultFilterChain"));
        }
        JsonObject chain = chains.getFirst();
        put(result, "filterChain", text(chain, "name"));
        Optional<String> tlsError = tlsError(chain, seen, call);
        if (tlsError.isPresent()) {
            result.put("error", tlsError.get());
            return result;
        }
        filters(chain, seen, call, result);
        return result;
    }

    private record Call(int port, String address, String sni, String transport, String alpn) {}

    private static void put(Map<String, String> result, String name, String value) {
        if (!value.isEmpty()) {
            result.put(name, value);
        }
    }

    private static String text(JsonObject object, String name) {
        return object.has(name) && object.get(name).isJsonPrimitive()
                ? object.get(name).getAsString()
                : "";
    }

    private Optional<JsonObject> listener(JsonObject call) {
        if (text(call, "callMode").equals("inbound")) {
            return named("virtualInbound");
        }
        int port = call.get("port").getAsInt();
        return byAddress(text(call, "address"), port)
                .or(() -> byAddress("0.0.0.0", port))
                .or(() -> named("virtualOutbound"));
    }

    private Optional<JsonObject> named(String name) {
        return Optional.ofNullable(listeners.get(name)).map(JsonElement::getAsJsonObject);
    }

    private Optional<JsonObject> byAddress(String address, int port) {
        for (JsonElement element : listeners.values()) {
            JsonObject listener = element.getAsJsonObject();
            if (listener.get("address") instanceof JsonObject outer
                    && outer.get("socketAddress") instanceof JsonObject socket
                    && text(socket, "address").equals(address)
                    && socket.has("portValue")
                    && socket.get("portValue").getAsInt() == port) {
                return Optional.of(listener);
            }
        }
        return Optional.empty();
    }

    private static Call see(JsonObject call, JsonObject listener) {
        int port = call.has("port") ? call.get("port").getAsInt() : 0;
        boolean tls = !text(call, "tls").equals("plaintext");
        String alpn = text(call, "alpn");
        String transport = tls ? "tls" : "raw_buffer";
        String sni = text(call, "sni");
        if (!inspects(listener, "envoy.filters.listener.tls_inspector", port)) {
            transport = "raw_buffer";
            sni = "";
            alpn = "";
        }
        if (inspects(listener, "envoy.filters.listener.http_inspector", port) && !tls) {
            alpn = switch (text(call, "protocol")) {
                case "http2" -> "h2c";
                case "tcp" -> "";
                default -> "http/1.1";
            };
        }
        return new Call(port, text(call, "address"), sni, transport, alpn);
    }

    private static boolean inspects(JsonObject listener, String filter, int port) {
        if (!(listener.get("listenerFilters") instanceof JsonArray filters)) {
            return false;
        }
        for (JsonElement element : filters) {
            JsonObject found = element.getAsJsonObject();
            if (text(found, "name").equals(filter)) {
                return !(found.get("filterDisabled") instanceof JsonObject predicate) || !disabled(predicate, port);
            }
        }
        return false;
    }

    private static boolean disabled(JsonObject predicate, int port) {
        if (predicate.get("orMatch") instanceof JsonObject or) {
            for (JsonElement rule : or.getAsJsonArray("rules")) {
                if (disabled(rule.getAsJsonObject(), port)) {
                    return true;
                }
            }
            return false;
        }
        if (predicate.get("notMatch") instanceof JsonObject not) {
            return !disabled(not, port);
        }
        if (predicate.get("destinationPortRange") instanceof JsonObject range) {
            return port >= (range.has("start") ? range.get("start").getAsInt() : 0)
                    && port < range.get("end").getAsInt();
        }
        return false;
    }

    private static List<JsonObject> narrow(JsonObject listener, Call call) {
        List<JsonObject> chains = new ArrayList<>();
        if (listener.get("filterChains") instanceof JsonArray all) {
            all.forEach(c -> chains.add(c.getAsJsonObject()));
        }
        List<JsonObject> left =
                keep(chains, "destinationPort", m -> m.get("destinationPort").getAsInt() == call.port(), m -> 1);
        left = keep(left, "prefixRanges", m -> longestPrefix(m, call) >= 0, m -> longestPrefix(m, call));
        left = keep(left, "serverNames", m -> serverName(m, call) > 0, m -> serverName(m, call));
        left = keep(left, "transportProtocol", m -> text(m, "transportProtocol").equals(call.transport()), m -> 1);
        return keep(left, "applicationProtocols", m -> contains(m, "applicationProtocols", call.alpn()), m -> 1);
    }

    private static boolean contains(JsonObject match, String field, String value) {
        for (JsonElement item : match.getAsJsonArray(field)) {
            if (item.getAsString().equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static List<JsonObject> keep(
            List<JsonObject> chains,
            String field,
            Predicate<JsonObject> matches,
            java.util.function.ToIntFunction<JsonObject> quality) {
        List<JsonObject> unset = new ArrayList<>();
        List<JsonObject> best = new ArrayList<>();
        int top = Integer.MIN_VALUE;
        for (JsonObject chain : chains) {
            JsonObject match =
                    chain.has("filterChainMatch") ? chain.getAsJsonObject("filterChainMatch") : new JsonObject();
            if (!match.has(field)) {
                unset.add(chain);
            } else if (matches.test(match)) {
                int value = quality.applyAsInt(match);
                if (value > top) {
                    best.clear();
                    top = value;
                }
                if (value == top) {
                    best.add(chain);
                }
            }
        }
        return best.isEmpty() ? unset : best;
    }

    private static int longestPrefix(JsonObject match, Call call) {
        int best = -1;
        for (JsonElement element : match.getAsJsonArray("prefixRanges")) {
            JsonObject range = element.getAsJsonObject();
            int length = range.has("prefixLen") ? range.get("prefixLen").getAsInt() : 0;
            if (inRange(text(range, "addressPrefix"), length, call.address())) {
                best = Math.max(best, length);
            }
        }
        return best;
    }

    private static boolean inRange(String prefix, int length, String address) {
        try {
            byte[] wanted = InetAddress.ofLiteral(prefix).getAddress();
            byte[] actual = InetAddress.ofLiteral(address).getAddress();
            return wanted.length == actual.length
                    && new BigInteger(1, wanted)
                                    .xor(new BigInteger(1, actual))
                                    .shiftRight(wanted.length * 8 - length)
                                    .signum()
                            == 0;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static int serverName(JsonObject match, Call call) {
        int best = 0;
        for (JsonElement element : match.getAsJsonArray("serverNames")) {
            String name = element.getAsString();
            if (name.equals(call.sni()) && !call.sni().isEmpty()) {
                return Integer.MAX_VALUE;
            }
            if (name.startsWith("*") && call.sni().endsWith(name.substring(1))) {
                best = Math.max(best, name.length());
            }
        }
        return best;
    }

    private static Optional<String> tlsError(JsonObject chain, Call seen, JsonObject call) {
        if (!(chain.get("transportSocket") instanceof JsonObject socket)) {
            return Optional.empty();
        }
        String tls = text(call, "tls");
        if (tls.equals("plaintext")) {
            return Optional.of("invalid TLS");
        }
        JsonObject context = socket.getAsJsonObject("typedConfig");
        boolean required = context.has("requireClientCertificate")
                && context.get("requireClientCertificate").getAsBoolean();
        String secret = "";
        if (context.get("commonTlsContext") instanceof JsonObject common
                && common.get("tlsCertificateSdsSecretConfigs") instanceof JsonArray secrets) {
            secret = text(secrets.get(0).getAsJsonObject(), "name");
        }
        String wanted = text(call, "mtlsSecretConfigName").isEmpty() ? "default" : text(call, "mtlsSecretConfigName");
        boolean mutual = required && secret.equals(wanted);
        return mutual == tls.equals("mtls") ? Optional.empty() : Optional.of("invalid mTLS");
    }

    private void filters(JsonObject chain, Call seen, JsonObject call, Map<String, String> result) {
        boolean terminated = chain.has("transportSocket");
        for (JsonElement element : chain.getAsJsonArray("filters")) {
            JsonObject filter = element.getAsJsonObject();
            JsonObject config = filter.getAsJsonObject("typedConfig");
            if (text(filter, "name").equals("envoy.filters.network.http_connection_manager")) {
                boolean encrypted = !text(call, "tls").equals("plaintext") && !terminated;
                if (encrypted || text(call, "protocol").equals("tcp")) {
                    result.put("error", "protocol error");
                    return;
                }
                http(config, call, result);
                return;
            }
            if (text(filter, "name").equals("envoy.filters.network.tcp_proxy")) {
                put(result, "cluster", text(config, "cluster"));
                return;
            }
        }
    }

    private void http(JsonObject manager, JsonObject call, Map<String, String> result) {
        JsonObject config;
        if (manager.get("rds") instanceof JsonObject rds) {
            String name = text(rds, "routeConfigName");
            result.put("routeConfig", name);
            if (!routes.containsKey(name)) {
                result.put("error", "no route configuration");
                return;
            }
            config = routes.get(name).getAsJsonObject();
        } else {
            config = manager.getAsJsonObject("routeConfig");
            put(result, "routeConfig", text(config, "name"));
        }
        Optional<JsonObject> host = virtualHost(config, call);
        if (host.isEmpty()) {
            result.put("error", "no virtual host matched");
            return;
        }
        result.put("virtualHost", text(host.get(), "name"));
        if (host.get().has("requireTls") && text(call, "tls").equals("plaintext")) {
            result.put("error", "tls required, sending 301");
            return;
        }
        if (host.get().get("routes") instanceof JsonArray list) {
            for (JsonElement element : list) {
                JsonObject route = element.getAsJsonObject();
                if (matches(route.getAsJsonObject("match"), text(call, "path"))) {
                    put(result, "route", text(route, "name"));
                    if (route.get("route") instanceof JsonObject action) {
                        put(result, "cluster", text(action, "cluster"));
                    }
                    return;
                }
            }
        }
        result.put("error", "no route matched");
    }

    private static boolean matches(JsonObject match, String path) {
        String plain = path.indexOf('?') >= 0 ? path.substring(0, path.indexOf('?')) : path;
        if (match.has("path")) {
            return text(match, "path").equals(plain);
        }
        if (match.get("safeRegex") instanceof JsonObject regex) {
            return plain.matches(text(regex, "regex"));
        }
        if (match.has("pathSeparatedPrefix")) {
            String prefix = text(match, "pathSeparatedPrefix");
            return plain.equals(prefix) || plain.startsWith(prefix + "/");
        }
        return plain.startsWith(text(match, "prefix"));
    }

    private static Optional<JsonObject> virtualHost(JsonObject config, JsonObject call) {
        String host = text(call, "hostHeader").toLowerCase(Locale.ROOT);
        boolean ignorePort = config.has("ignorePortInHostMatching")
                && config.get("ignorePortInHostMatching").getAsBoolean();
        if (ignorePort && host.lastIndexOf(':') > host.lastIndexOf(']')) {
            host = host.substring(0, host.lastIndexOf(':'));
        }
        JsonObject best = null;
        int quality = -1;
        if (config.get("virtualHosts") instanceof JsonArray hosts) {
            for (JsonElement element : hosts) {
                for (JsonElement domain : element.getAsJsonObject().getAsJsonArray("domains")) {
                    int value = quality(domain.getAsString().toLowerCase(Locale.ROOT), host);
                    if (value > quality) {
                        quality = value;
                        best = element.getAsJsonObject();
                    }
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /// Exact before suffix before prefix before any; the longer the better.
    private static int quality(String domain, String host) {
        if (domain.equals(host)) {
            return 3_000_000;
        }
        if (domain.equals("*")) {
            return 0;
        }
        if (domain.startsWith("*") && host.endsWith(domain.substring(1)) && host.length() >= domain.length()) {
            return 2_000_000 + domain.length();
        }
        if (domain.endsWith("*") && host.startsWith(domain.substring(0, domain.length() - 1))) {
            return 1_000_000 + domain.length();
        }
        return -1;
    }
}
