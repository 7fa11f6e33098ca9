package dev.lateen.proxy.route;

import com.google.protobuf.ByteString;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.Shared;
import dev.lateen.proxy.route.RouteActionDecoder.Inherited;
import dev.lateen.proxy.route.VirtualHostConfig.AttemptCount;
import dev.lateen.proxy.route.VirtualHostConfig.TlsRequirement;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Decodes route configurations; a field that is not implemented refuses the whole.
///
/// Thread: any (immutable).
public final class RouteDecoder {
    private final OverridesDecoder overrides;
    private final RouteActionDecoder actions;

    /// @param filters decodes what routes say to filters
    public RouteDecoder(FilterOverrideDecoder filters) {
        this.overrides = new OverridesDecoder(filters);
        this.actions = new RouteActionDecoder(overrides);
    }

    public Decoded<RouteConfig> decode(RouteConfiguration config) {
        return decode(config.toByteString());
    }

    /// @param config as on the wire: one of ten thousand routes is never an object as a whole
    public Decoded<RouteConfig> decode(ByteString config) {
        return Decoded.of(() -> {
            Framed<RouteConfiguration> read = hosts(config, new Place("route", ""));
            return decode(read, Place.resource("route", read.frame().getName()));
        });
    }

    public RouteConfig decode(RouteConfiguration config, Place at) {
        return decode(hosts(config.toByteString(), at), at);
    }

    private static Framed<RouteConfiguration> hosts(ByteString config, Place at) {
        return Framed.of(config, RouteConfiguration.VIRTUAL_HOSTS_FIELD_NUMBER, RouteConfiguration.parser(), at);
    }

    private RouteConfig decode(Framed<RouteConfiguration> whole, Place at) {
        RouteConfiguration config = whole.frame();
        RouteFields.LIST.check(config, at);
        List<VirtualHostConfig> hosts = new ArrayList<>();
        Shared shared = new Shared();
        Map<String, String> ownerByDomain = new HashMap<>();
        for (ByteString item : whole.items()) {
            Framed<VirtualHost> read =
                    Framed.of(item, VirtualHost.ROUTES_FIELD_NUMBER, VirtualHost.parser(), at.field("virtual_hosts"));
            VirtualHost host = read.frame();
            Place place = at.field("virtual_hosts").key(host.getName());
            VirtualHostConfig decoded = virtualHost(read, config, shared, place);
            for (String domain : decoded.domains()) {
                String owner = ownerByDomain.putIfAbsent(domain, host.getName());
                place.field("domains")
                        .require(owner == null, "'" + domain + "' belongs to virtual host '" + owner + "' already");
            }
            hosts.add(decoded);
        }
        return new RouteConfig(
                config.getName(),
                List.copyOf(hosts),
                new HeaderChanges(
                        HeaderChangesDecoder.decode(
                                config.getRequestHeadersToAddList(),
                                config.getRequestHeadersToRemoveList(),
                                "request_headers",
                                at),
                        HeaderChangesDecoder.decode(
                                config.getResponseHeadersToAddList(),
                                config.getResponseHeadersToRemoveList(),
                                "response_headers",
                                at)),
                overrides.decode(config.getTypedPerFilterConfigMap(), at),
                config.getInternalOnlyHeadersList().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList(),
                config.getIgnorePortInHostMatching(),
                config.getMostSpecificHeaderMutationsWins());
    }

    private VirtualHostConfig virtualHost(
            Framed<VirtualHost> whole, RouteConfiguration config, Shared shared, Place at) {
        VirtualHost host = whole.frame();
        RouteFields.LIST.check(host, at);
        List<MirrorPolicy> own = RouteActionDecoder.mirrors(host.getRequestMirrorPoliciesList(), at);
        Inherited inherited = new Inherited(
                host.hasRetryPolicy()
                        ? Optional.of(RetryPolicyDecoder.decode(host.getRetryPolicy(), at.field("retry_policy")))
                        : Optional.empty(),
                own.isEmpty() ? RouteActionDecoder.mirrors(config.getRequestMirrorPoliciesList(), at) : own);
        List<Route> routes = new ArrayList<>();
        for (int index = 0; index < whole.items().size(); index++) {
            Place place = at.field("routes").index(index);
            var route =
                    Framed.read(whole.items().get(index), io.envoyproxy.envoy.config.route.v3.Route.parser(), place);
            RouteFields.LIST.check(route, place);
            routes.add(route(route, host, inherited, config, shared, place));
        }
        at.require(host.getDomainsCount() > 0, "has no domains (expected: at least one)");
        return new VirtualHostConfig(
                host.getName(),
                domains(host, at.field("domains")),
                List.copyOf(routes),
                new HeaderChanges(
                        HeaderChangesDecoder.decode(
                                host.getRequestHeadersToAddList(),
                                host.getRequestHeadersToRemoveList(),
                                "request_headers",
                                at),
                        HeaderChangesDecoder.decode(
                                host.getResponseHeadersToAddList(),
                                host.getResponseHeadersToRemoveList(),
                                "response_headers",
                                at)),
                overrides.decode(host.getTypedPerFilterConfigMap(), at),
                switch (host.getRequireTls()) {
                    case NONE, UNRECOGNIZED -> TlsRequirement.NONE;
                    case EXTERNAL_ONLY -> TlsRequirement.EXTERNAL_ONLY;
                    case ALL -> TlsRequirement.ALL;
                },
                new AttemptCount(host.getIncludeRequestAttemptCount(), host.getIncludeAttemptCountInResponse()),
                RateLimitPolicyDecoder.decode(host.getRateLimitsList(), at.field("rate_limits")));
    }

    private static List<String> domains(VirtualHost host, Place at) {
        List<String> domains = new ArrayList<>();
        for (String domain : host.getDomainsList()) {
            int star = domain.indexOf('*');
            at.require(
                    !domain.isEmpty()
                            && (star < 0
                                    || (star == domain.lastIndexOf('*') && (star == 0 || star == domain.length() - 1))),
                    "'" + domain + "' (expected: a name, *.suffix, prefix.* or *)");
            domains.add(domain.toLowerCase(Locale.ROOT));
        }
        return List.copyOf(domains);
    }

    private Route route(
            io.envoyproxy.envoy.config.route.v3.Route route,
            VirtualHost host,
            Inherited inherited,
            RouteConfiguration config,
            Shared shared,
            Place at) {
        RouteAction action = switch (route.getActionCase()) {
            case ROUTE -> actions.forward(route.getRoute(), inherited, at.field("route"));
            case REDIRECT -> RouteActionDecoder.redirect(route.getRedirect(), at.field("redirect"));
            case DIRECT_RESPONSE ->
                RouteActionDecoder.direct(
                        route.getDirectResponse(),
                        config.hasMaxDirectResponseBodySizeBytes()
                                ? Integer.toUnsignedLong(config.getMaxDirectResponseBodySizeBytes()
                                        .getValue())
                                : -1,
                        at.field("direct_response"));
            case FILTER_ACTION -> throw at.field("filter_action").unsupported();
            case NON_FORWARDING_ACTION ->
                throw at.field("non_forwarding_action").unsupported();
            case ACTION_NOT_SET -> throw at.refuse("has no action (expected: route, redirect or direct_response)");
        };
        long limit = route.hasPerRequestBufferLimitBytes()
                ? Integer.toUnsignedLong(route.getPerRequestBufferLimitBytes().getValue())
                : host.hasPerRequestBufferLimitBytes()
                        ? Integer.toUnsignedLong(
                                host.getPerRequestBufferLimitBytes().getValue())
                        : -1;
        return new Route(
                route.getName(),
                RouteMatchDecoder.decode(route.getMatch(), at.field("match")),
                shared.one(action),
                shared.one(new HeaderChanges(
                        HeaderChangesDecoder.decode(
                                route.getRequestHeadersToAddList(),
                                route.getRequestHeadersToRemoveList(),
                                "request_headers",
                                at),
                        HeaderChangesDecoder.decode(
                                route.getResponseHeadersToAddList(),
                                route.getResponseHeadersToRemoveList(),
                                "response_headers",
                                at))),
                overrides.decode(route.getTypedPerFilterConfigMap(), at),
                shared.one(route.getStatPrefix()),
                shared.one(route.getDecorator().getOperation()),
                !route.getDecorator().hasPropagate()
                        || route.getDecorator().getPropagate().getValue(),
                limit,
                Metadata.of(route.getMetadata(), shared));
    }
}
