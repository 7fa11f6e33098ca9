package dev.lateen.translate;

import dev.lateen.model.istio.HeaderOperations;
import dev.lateen.model.istio.HeaderOperations.Change;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Header operations of routes and their parts. Changing the host is a matter of the route's own rewrite, and no other
/// pseudo-header can be changed: Envoy refuses tables that try, so that they are left out here.
final class HeaderChanges {
    private HeaderChanges() {}

    static void apply(Route.Builder route, HeaderOperations from) {
        route.addAllRequestHeadersToAdd(options(from.request()));
        route.addAllRequestHeadersToRemove(removals(from.request()));
        route.addAllResponseHeadersToAdd(options(from.response()));
        route.addAllResponseHeadersToRemove(removals(from.response()));
    }

    /// The host that the route itself gives counts before its destination's, as Envoy has it with several destinations.
    static void applyDestination(Route.Builder route, HeaderOperations from, RouteAction.Builder action) {
        String host = authority(from);
        if (!host.isEmpty() && action.getHostRewriteLiteral().isEmpty()) {
            action.setHostRewriteLiteral(host);
        }
        apply(route, from);
    }

    static void apply(WeightedCluster.ClusterWeight.Builder part, HeaderOperations from) {
        String host = authority(from);
        if (!host.isEmpty()) {
            part.setHostRewriteLiteral(host);
        }
        part.addAllRequestHeadersToAdd(options(from.request()));
        part.addAllRequestHeadersToRemove(removals(from.request()));
        part.addAllResponseHeadersToAdd(options(from.response()));
        part.addAllResponseHeadersToRemove(removals(from.response()));
    }

    /// The host that requests get, empty for their own; what is set counts before what is added.
    static String authority(HeaderOperations from) {
        String set = authority(from.request().set());
        return set.isEmpty() ? authority(from.request().add()) : set;
    }

    private static String authority(Map<String, String> headers) {
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (isAuthority(header.getKey())) {
                return header.getValue();
            }
        }
        return "";
    }

    private static boolean isAuthority(String name) {
        return name.equalsIgnoreCase("host") || name.equalsIgnoreCase(":authority");
    }

    private static boolean isChangeable(String name) {
        return !name.startsWith(":") && !name.equalsIgnoreCase("host");
    }

    private static List<String> removals(Change change) {
        return change.remove().stream().filter(HeaderChanges::isChangeable).toList();
    }

    private static List<HeaderValueOption> options(Change change) {
        List<HeaderValueOption> options = new ArrayList<>();
        add(change.set(), HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD, options);
        add(change.add(), HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD, options);
        return options;
    }

    private static void add(Map<String, String> headers, HeaderAppendAction action, List<HeaderValueOption> to) {
        new TreeMap<>(headers).forEach((name, value) -> {
            if (isChangeable(name)) {
                to.add(option(name, value, action));
            }
        });
    }

    private static HeaderValueOption option(String name, String value, HeaderAppendAction action) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                .setAppendAction(action)
                .build();
    }
}
