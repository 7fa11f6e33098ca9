package dev.lateen.translate;

import com.google.protobuf.Any;
import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.HttpRoute.Action.Direct;
import dev.lateen.model.istio.HttpRoute.Action.Forward;
import dev.lateen.model.istio.HttpRoute.Action.Redirect;
import dev.lateen.model.istio.HttpRoute.Match;
import dev.lateen.model.istio.HttpRoute.Mirror;
import dev.lateen.model.istio.HttpRoute.Rewrite;
import dev.lateen.model.istio.TrafficPolicy;
import dev.lateen.model.istio.TrafficPolicy.ConsistentHash;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.istio.VirtualService.WeightedDestination;
import dev.lateen.model.mesh.EffectivePolicy;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.translate.policy.RateLimiting;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.Decorator;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Routes of HTTP of virtual services.
final class HttpRoutes {
    private final Scene scene;
    private final int port;
    private final Set<String> gateways;
    private final boolean tls;
    private final RateLimiting limits;

    /// Those of a sidecar, which ends no TLS of clients.
    ///
    /// @param port of the listener, which routes without a port lead to
    /// @param gateways for which routes count: `mesh`, or names as `namespace/name`
    HttpRoutes(Scene scene, int port, Set<String> gateways) {
        this(scene, port, false, gateways, RateLimiting.NONE);
    }

    /// @param tls whether the listener ends TLS
    /// @param limits which routes have by their names
    HttpRoutes(Scene scene, int port, boolean tls, Set<String> gateways, RateLimiting limits) {
        this.scene = scene;
        this.port = port;
        this.tls = tls;
        this.gateways = gateways;
        this.limits = limits;
    }

    /// The routes of a virtual service in order; nothing follows a route that takes every request.
    List<Route> of(VirtualService service) {
        List<Route> routes = new ArrayList<>();
        for (HttpRoute http : service.http()) {
            if (http.match().isEmpty()) {
                route(service, http, Optional.empty()).ifPresent(routes::add);
                break;
            }
            for (Match match : http.match()) {
                Optional<Route> route = route(service, http, Optional.of(match));
                route.ifPresent(routes::add);
                if (route.filter(HttpRoutes::isCatchAll).isPresent()) {
                    return routes;
                }
            }
        }
        return routes;
    }

    /// Whether it takes every request.
    static boolean isCatchAll(Route route) {
        RouteMatch match = route.getMatch();
        boolean path = switch (match.getPathSpecifierCase()) {
            case PREFIX -> match.getPrefix().equals("/");
            case SAFE_REGEX -> match.getSafeRegex().getRegex().equals(".*");
            case PATH_SEPARATED_PREFIX, PATH, CONNECT_MATCHER, PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET -> false;
        };
        return path
                && match.getHeadersCount() == 0
                && match.getQueryParametersCount() == 0
                && match.getDynamicMetadataCount() == 0;
    }

    private Optional<Route> route(VirtualService service, HttpRoute http, Optional<Match> match) {
        if (match.isPresent() && !appliesHere(service, match.get())) {
            return Optional.empty();
        }
        Route.Builder route = Route.newBuilder()
                .setMatch(RouteMatches.of(match, service.matchesWholeElements()))
                .setMetadata(Provenance.config(http.origin()))
                .setName(name(http, match))
                .setStatPrefix(match.map(Match::statPrefix).orElse(""));
        HeaderChanges.apply(route, http.headers());
        http.fault().ifPresent(f -> Faults.apply(route, f));
        http.cors().ifPresent(c -> CorsPolicies.apply(route, c));
        switch (http.action()) {
            case Redirect redirect -> route.setRedirect(OwnAnswers.redirect(redirect, port, tls));
            case Direct direct -> route.setDirectResponse(OwnAnswers.direct(direct));
            case Forward forward -> {
                if (forward.to().isEmpty()) {
                    return Optional.empty();
                }
                forward(service, http, forward, route);
            }
            case HttpRoute.Action.Delegate _ -> {
                return Optional.empty();
            }
        }
        return Optional.of(route.build());
    }

    private static String name(HttpRoute http, Optional<Match> match) {
        String ofMatch = match.map(Match::name).orElse("");
        return ofMatch.isEmpty() ? http.name() : http.name() + "." + ofMatch;
    }

    private boolean appliesHere(VirtualService service, Match match) {
        if (match.port().isPresent() && match.port().getAsInt() != port) {
            return false;
        }
        HttpRoute.Source source = match.source();
        if (!source.gateways().isEmpty()) {
            return source.gateways().stream()
                    .anyMatch(g ->
                            gateways.contains(qualified(g, service.metadata().namespace())));
        }
        // A gateway is the source of what it sends on, as a sidecar is.
        return scene.node().labels().entrySet().containsAll(source.labels().entrySet())
                && (source.namespace().isEmpty()
                        || source.namespace().equals(scene.node().namespace()));
    }

    /// The name of a gateway as `namespace/name`; `mesh` stays.
    static String qualified(String gateway, String namespace) {
        if (gateway.equals("mesh") || gateway.indexOf('/') >= 0) {
            return gateway.startsWith("./") ? namespace + gateway.substring(1) : gateway;
        }
        int dot = gateway.indexOf('.');
        if (dot > 0) {
            String rest = gateway.substring(dot + 1);
            int end = rest.indexOf('.');
            return (end < 0 ? rest : rest.substring(0, end)) + "/" + gateway.substring(0, dot);
        }
        return namespace + "/" + gateway;
    }

    private void forward(VirtualService service, HttpRoute http, Forward forward, Route.Builder route) {
        RouteAction.Builder action = RouteAction.newBuilder()
                .setAppendXForwardedHost(scene.traffic().headers().forwardsHost());
        boolean hashed = forward.to().size() == 1
                && hash(service, forward.to().getFirst()).isPresent();
        RetryPolicies.of(http.retries(), scene.mesh().http().retries(), hashed).ifPresent(action::setRetryPolicy);
        timeouts(http, action);
        http.rewrite().ifPresent(r -> rewrite(r, route.getMatch(), action));
        authority(http, action);
        for (Mirror mirror : http.mirrors()) {
            mirror(service, mirror).ifPresent(action::addRequestMirrorPolicies);
        }
        List<WeightedDestination> used = forward.to().size() == 1
                ? forward.to()
                : forward.to().stream().filter(d -> d.weight() > 0).toList();
        if (used.size() == 1) {
            single(service, used.getFirst(), route, action);
        } else {
            weighted(service, used, action);
        }
        route.setRoute(action);
        limits.limit(route, http.name());
        route.setDecorator(Decorator.newBuilder().setOperation(operation(service, route.getMatch(), used)));
    }

    private static void timeouts(HttpRoute http, RouteAction.Builder action) {
        action.setTimeout(http.timeout().map(Protos::duration).orElse(Protos.ZERO));
        // Envoy calls the plain field deprecated; Istio sets it for all versions of its sidecars.
        setMaxGrpcTimeout(action, http.timeout().map(Protos::duration).orElse(Protos.ZERO));
    }

    @SuppressWarnings("deprecation")
    static void setMaxGrpcTimeout(RouteAction.Builder action, com.google.protobuf.Duration timeout) {
        action.setMaxGrpcTimeout(timeout);
    }

    private static void rewrite(Rewrite rewrite, RouteMatch match, RouteAction.Builder action) {
        if (rewrite.uriRegex().isPresent()) {
            action.setRegexRewrite(RegexMatchAndSubstitute.newBuilder()
                    .setPattern(RouteMatches.regex(rewrite.uriRegex().get().match()))
                    .setSubstitution(rewrite.uriRegex().get().rewrite()));
        } else if (!rewrite.uri().isEmpty()) {
            switch (match.getPathSpecifierCase()) {
                case PATH, SAFE_REGEX, PATH_MATCH_POLICY, CONNECT_MATCHER ->
                    action.setRegexRewrite(RegexMatchAndSubstitute.newBuilder()
                            .setPattern(RouteMatches.regex("^([^?]*)"))
                            .setSubstitution(rewrite.uri()));
                case PREFIX, PATH_SEPARATED_PREFIX, PATHSPECIFIER_NOT_SET -> action.setPrefixRewrite(rewrite.uri());
            }
        }
    }

    /// The rewrite's counts before that of the headers.
    private static void authority(HttpRoute http, RouteAction.Builder action) {
        String rewritten = http.rewrite().map(Rewrite::authority).orElse("");
        String host = rewritten.isEmpty() ? HeaderChanges.authority(http.headers()) : rewritten;
        if (!host.isEmpty()) {
            action.setHostRewriteLiteral(host);
        }
    }

    private Optional<RequestMirrorPolicy> mirror(VirtualService service, Mirror mirror) {
        double percent = mirror.percentage().orElse(100);
        if (percent == 0) {
            return Optional.empty();
        }
        RequestMirrorPolicy.Builder policy = RequestMirrorPolicy.newBuilder()
                .setCluster(cluster(
                        service,
                        new WeightedDestination(mirror.destination(), 0, dev.lateen.model.istio.HeaderOperations.NONE)))
                .setTraceSampled(Protos.FALSE)
                .setRuntimeFraction(RuntimeFractionalPercent.newBuilder().setDefaultValue(fraction(percent)));
        return Optional.of(policy.build());
    }

    static FractionalPercent fraction(double percent) {
        return FractionalPercent.newBuilder()
                .setNumerator((int) Math.round(percent * 10_000))
                .setDenominator(FractionalPercent.DenominatorType.MILLION)
                .build();
    }

    private void single(
            VirtualService service, WeightedDestination only, Route.Builder route, RouteAction.Builder action) {
        action.setCluster(cluster(service, only));
        HeaderChanges.applyDestination(route, only.headers(), action);
        session(service, only).ifPresent(s -> route.putTypedPerFilterConfig(StatefulSessions.FILTER, s));
        action.addAllHashPolicy(hashPolicies(service, only));
    }

    private void weighted(VirtualService service, List<WeightedDestination> parts, RouteAction.Builder action) {
        WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
        for (WeightedDestination part : parts) {
            WeightedCluster.ClusterWeight.Builder weight = WeightedCluster.ClusterWeight.newBuilder()
                    .setName(cluster(service, part))
                    .setWeight(Protos.uint(part.weight()));
            HeaderChanges.apply(weight, part.headers());
            session(service, part).ifPresent(s -> weight.putTypedPerFilterConfig(StatefulSessions.FILTER, s));
            clusters.addClusters(weight);
            for (HashPolicy policy : hashPolicies(service, part)) {
                if (!action.getHashPolicyList().contains(policy)) {
                    action.addHashPolicy(policy);
                }
            }
        }
        action.setWeightedClusters(clusters);
    }

    private Optional<Any> session(VirtualService service, WeightedDestination to) {
        return scene.outbound().service(host(service, to)).flatMap(StatefulSessions::perRoute);
    }

    private String host(VirtualService service, WeightedDestination to) {
        return Destinations.host(to.destination(), service.metadata().namespace(), scene);
    }

    private String cluster(VirtualService service, WeightedDestination to) {
        String host = host(service, to);
        int number = Destinations.port(to.destination(), scene.outbound().service(host), port);
        return Names.outbound(number, to.destination(), host);
    }

    private List<HashPolicy> hashPolicies(VirtualService service, WeightedDestination to) {
        return hash(service, to).map(HttpRoutes::hashPolicy).orElse(List.of());
    }

    private Optional<ConsistentHash> hash(VirtualService service, WeightedDestination to) {
        String host = host(service, to);
        Optional<MeshService> target = scene.outbound().service(host);
        if (target.isEmpty()) {
            return Optional.empty();
        }
        int number = Destinations.port(to.destination(), target, port);
        return hash(scene, target.get(), to.destination().subset(), number);
    }

    static List<HashPolicy> hashPolicies(Scene scene, MeshService service, String subset, int port) {
        return hash(scene, service, subset, port).map(HttpRoutes::hashPolicy).orElse(List.of());
    }

    private static Optional<ConsistentHash> hash(Scene scene, MeshService service, String subset, int port) {
        Optional<DestinationRule> rule =
                scene.outbound().destinationRule(service, scene.node().labels());
        TrafficPolicy policy = EffectivePolicy.of(rule, rule.flatMap(r -> r.subset(subset)), port);
        return policy.loadBalancer().flatMap(TrafficPolicy.LoadBalancer::consistentHash);
    }

    private static List<HashPolicy> hashPolicy(ConsistentHash hash) {
        HashPolicy.Builder policy = HashPolicy.newBuilder();
        if (hash.header().isPresent()) {
            policy.setHeader(
                    HashPolicy.Header.newBuilder().setHeaderName(hash.header().get()));
        } else if (hash.cookie().isPresent()) {
            var cookie = hash.cookie().get();
            HashPolicy.Cookie.Builder to =
                    HashPolicy.Cookie.newBuilder().setName(cookie.name()).setPath(cookie.path());
            cookie.ttl().ifPresent(t -> to.setTtl(Protos.duration(t)));
            cookie.attributes()
                    .forEach((name, value) -> to.addAttributes(HashPolicy.CookieAttribute.newBuilder()
                            .setName(name)
                            .setValue(value)));
            policy.setCookie(to);
        } else if (hash.sourceIp()) {
            policy.setConnectionProperties(
                    HashPolicy.ConnectionProperties.newBuilder().setSourceIp(true));
        } else if (hash.queryParameter().isPresent()) {
            policy.setQueryParameter(HashPolicy.QueryParameter.newBuilder()
                    .setName(hash.queryParameter().get()));
        } else {
            return List.of();
        }
        return List.of(policy.build());
    }

    /// What traces call the route: host, port and path; of several hosts, the virtual service that they share.
    private String operation(VirtualService service, RouteMatch match, List<WeightedDestination> to) {
        String path = switch (match.getPathSpecifierCase()) {
            case PATH -> match.getPath();
            case PREFIX -> match.getPrefix() + "*";
            case PATH_SEPARATED_PREFIX -> "/*"; // as Istio calls it
            case SAFE_REGEX -> match.getSafeRegex().getRegex();
            case PATH_MATCH_POLICY, CONNECT_MATCHER, PATHSPECIFIER_NOT_SET -> "*";
        };
        if (to.size() > 1) {
            return service.metadata().name() + ":" + port + path;
        }
        WeightedDestination first = to.getFirst();
        String host = host(service, first);
        int number = Destinations.port(first.destination(), scene.outbound().service(host), port);
        return host + ":" + number + path;
    }
}
