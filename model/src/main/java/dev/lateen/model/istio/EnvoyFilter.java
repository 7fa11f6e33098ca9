package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Changes to the generated configuration of proxies, in Envoy's own words. What a value says is not looked at here:
/// the model knows no wire types. Source: Istio `EnvoyFilter`.
///
/// @param priority of two, the lower one is applied first
public record EnvoyFilter(
        Origin origin,
        Metadata metadata,
        Selector selector,
        List<TargetRef> targetRefs,
        int priority,
        List<Patch> patches) {

    public static Bound<EnvoyFilter> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new EnvoyFilter(
                        in.origin(),
                        resource.metadata(),
                        in.object("workloadSelector", Selector::labels).orElse(Selector.ALL),
                        TargetRef.all(in),
                        in.integer("priority").orElse(0),
                        in.objects("configPatches", Patch::of).stream()
                                .flatMap(Optional::stream)
                                .toList()));
    }

    /// What a patch is applied to.
    public enum Part {
        LISTENER,
        LISTENER_FILTER,
        FILTER_CHAIN,
        NETWORK_FILTER,
        HTTP_FILTER,
        ROUTE_CONFIGURATION,
        VIRTUAL_HOST,
        HTTP_ROUTE,
        CLUSTER,
        EXTENSION_CONFIG
    }

    public enum Operation {
        MERGE,
        MERGE_AND_REPLACE_LIST,
        ADD,
        REMOVE,
        INSERT_BEFORE,
        INSERT_AFTER,
        INSERT_FIRST,
        REPLACE
    }

    /// Which part of a proxy a patch is for.
    public enum Context {
        ANY,
        SIDECAR_INBOUND,
        SIDECAR_OUTBOUND,
        GATEWAY
    }

    /// Where a new filter goes among those that are there.
    public enum FilterClass {
        UNSPECIFIED,
        AUTHN,
        AUTHZ,
        STATS
    }

    /// @param value absent only where something is removed
    public record Patch(
            Origin origin, Part part, Match match, Operation operation, Optional<Node> value, FilterClass filterClass) {

        /// Empty for what cannot be patched here, which is reported.
        static Optional<Patch> of(Reader in) {
            String part = in.text("applyTo", "", Set.of("BOOTSTRAP"));
            boolean missing = part.equals("BOOTSTRAP");
            Optional<Match> match =
                    in.has("match") ? in.object("match", Match::of).flatMap(m -> m) : ANYTHING;
            Change change = in.object("patch", Change::of)
                    .orElse(new Change(Operation.REMOVE, Optional.empty(), FilterClass.UNSPECIFIED));
            if (missing || match.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Patch(
                    in.origin(),
                    Part.valueOf(part),
                    match.get(),
                    change.operation(),
                    change.value(),
                    change.filterClass()));
        }
    }

    private static final Optional<Match> ANYTHING =
            Optional.of(new Match(Context.ANY, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));

    private record Change(Operation operation, Optional<Node> value, FilterClass filterClass) {
        static Change of(Reader in) {
            return new Change(
                    Operation.valueOf(in.text("operation", "REMOVE")),
                    in.node("value"),
                    FilterClass.valueOf(in.text("filterClass", "UNSPECIFIED")));
        }
    }

    /// What has to be true of a proxy and of an object for a patch to be applied. What is absent does not matter.
    public record Match(
            Context context,
            Optional<ProxyMatch> proxy,
            Optional<ListenerMatch> listener,
            Optional<RouteMatch> routeConfiguration,
            Optional<ClusterMatch> cluster) {
        /// Empty for waypoints, which is reported: no proxy of ours is one.
        static Optional<Match> of(Reader in) {
            String context = in.text("context", "ANY");
            if (context.equals("WAYPOINT")) {
                in.notYet("context", "waypoint");
                in.noEffectNeeded("proxy");
                return Optional.empty();
            }
            return Optional.of(new Match(
                    Context.valueOf(context),
                    in.object("proxy", ProxyMatch::of),
                    in.object("listener", ListenerMatch::of),
                    in.object("routeConfiguration", RouteMatch::of),
                    in.object("cluster", ClusterMatch::of)));
        }
    }

    /// @param proxyVersion a regular expression that has to be found in the proxy's version; empty for any
    public record ProxyMatch(String proxyVersion, Map<String, String> metadata) {
        static ProxyMatch of(Reader in) {
            return new ProxyMatch(in.text("proxyVersion", ""), Map.copyOf(in.textMap("metadata")));
        }
    }

    /// Numbers are 0 and texts empty where they do not matter.
    public record ListenerMatch(int port, String name, String listenerFilter, Optional<ChainMatch> filterChain) {
        static ListenerMatch of(Reader in) {
            in.noEffectNeeded("portName"); // Istio's own documentation calls it unused
            return new ListenerMatch(
                    in.integer("portNumber").orElse(0),
                    in.text("name", ""),
                    in.text("listenerFilter", ""),
                    in.object("filterChain", ChainMatch::of));
        }
    }

    /// @param filter name of a network filter
    /// @param subFilter name of an HTTP filter below it
    public record ChainMatch(
            String name,
            String sni,
            String transportProtocol,
            List<String> applicationProtocols,
            int destinationPort,
            String filter,
            String subFilter) {
        static ChainMatch of(Reader in) {
            String protocols = in.text("applicationProtocols", "");
            Optional<FilterNames> filter = in.object(
                    "filter",
                    f -> new FilterNames(
                            f.text("name", ""),
                            f.object("subFilter", s -> s.text("name", "")).orElse("")));
            return new ChainMatch(
                    in.text("name", ""),
                    in.text("sni", ""),
                    in.text("transportProtocol", ""),
                    protocols.isEmpty() ? List.of() : List.of(protocols.split(",")),
                    in.integer("destinationPort").orElse(0),
                    filter.map(FilterNames::name).orElse(""),
                    filter.map(FilterNames::below).orElse(""));
        }

        private record FilterNames(String name, String below) {}
    }

    /// @param gateway as namespace/name
    public record RouteMatch(int port, String portName, String gateway, String name, Optional<HostMatch> virtualHost) {
        static RouteMatch of(Reader in) {
            return new RouteMatch(
                    in.integer("portNumber").orElse(0),
                    in.text("portName", ""),
                    in.text("gateway", ""),
                    in.text("name", ""),
                    in.object("vhost", HostMatch::of));
        }
    }

    public record HostMatch(String name, String domain, Optional<EntryMatch> route) {
        static HostMatch of(Reader in) {
            return new HostMatch(in.text("name", ""), in.text("domainName", ""), in.object("route", EntryMatch::of));
        }
    }

    /// @param action `ANY`, `ROUTE`, `REDIRECT` or `DIRECT_RESPONSE`
    public record EntryMatch(String name, String action) {
        static EntryMatch of(Reader in) {
            return new EntryMatch(in.text("name", ""), in.text("action", "ANY"));
        }
    }

    public record ClusterMatch(int port, String service, String subset, String name) {
        static ClusterMatch of(Reader in) {
            return new ClusterMatch(
                    in.integer("portNumber").orElse(0),
                    in.text("service", ""),
                    in.text("subset", ""),
                    in.text("name", ""));
        }
    }
}
