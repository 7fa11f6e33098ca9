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

/// Header operations of routes and their parts. Setting the host is a matter of the route's own rewrite.
final class HeaderChanges {
    private HeaderChanges() {}

    static void apply(Route.Builder route, HeaderOperations from) {
        route.addAllRequestHeadersToAdd(options(from.request()));
        route.addAllRequestHeadersToRemove(from.request().remove());
        route.addAllResponseHeadersToAdd(options(from.response()));
        route.addAllResponseHeadersToRemove(from.response().remove());
    }

    static void applyDestination(Route.Builder route, HeaderOperations from, RouteAction.Builder action) {
        String host = host(from.request());
        if (!host.isEmpty()) {
            action.setHostRewriteLiteral(host);
        }
        apply(route, from);
    }

    static void apply(WeightedCluster.ClusterWeight.Builder part, HeaderOperations from) {
        String host = host(from.request());
        if (!host.isEmpty()) {
            part.setHostRewriteLiteral(host);
        }
        part.addAllRequestHeadersToAdd(options(from.request()));
        part.addAllRequestHeadersToRemove(from.request().remove());
        part.addAllResponseHeadersToAdd(options(from.response()));
        part.addAllResponseHeadersToRemove(from.response().remove());
    }

    private static boolean isHost(String name) {
        return name.equalsIgnoreCase("host") || name.equals(":authority");
    }

    private static String host(Change change) {
        for (Map.Entry<String, String> header : change.set().entrySet()) {
            if (isHost(header.getKey())) {
                return header.getValue();
            }
        }
        return "";
    }

    private static List<HeaderValueOption> options(Change change) {
        List<HeaderValueOption> options = new ArrayList<>();
        new TreeMap<>(change.set()).forEach((name, value) -> {
            if (!isHost(name)) {
                options.add(option(name, value, HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD));
            }
        });
        new TreeMap<>(change.add())
                .forEach((name, value) -> options.add(option(name, value, HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)));
        return options;
    }

    private static HeaderValueOption option(String name, String value, HeaderAppendAction action) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                .setAppendAction(action)
                .build();
    }
}
