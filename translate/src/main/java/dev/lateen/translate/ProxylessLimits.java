package dev.lateen.translate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.AuthorizationPolicy.Action;
import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.HeaderOperations;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.RequestAuthentication;
import dev.lateen.model.istio.TrafficPolicy;
import dev.lateen.model.istio.TrafficPolicy.ConnectionPool;
import dev.lateen.model.istio.TrafficPolicy.LoadBalancer;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.Protocol;
import dev.lateen.translate.proxyless.ClientRoutes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What rules ask for that gRPC cannot do, said at the rules as soon as an application without a proxy gets them.
/// Routes and destination rules count where their service has a port that is declared as gRPC: of others
/// nobody need know.
///
/// Limits: 200 findings of each kind.
final class ProxylessLimits {
    private static final String CODE = "without-effect-in-grpc";
    private static final int MOST = 200;
    private static final String NO_EFFECT = "has no effect on gRPC applications without a proxy";
    private static final String ADVICE = "give the clients a sidecar, or do without";
    private static final Set<String> HEARD_TLS = Set.of("ISTIO_MUTUAL", "DISABLE", "");

    private final Scene scene;
    private final Set<Diagnostic> found = new LinkedHashSet<>();

    private ProxylessLimits(Scene scene) {
        this.scene = scene;
    }

    /// Of what such an application may call.
    static List<Diagnostic> ofSending(Scene scene) {
        ProxylessLimits limits = new ProxylessLimits(scene);
        List<MeshService> services = scene.outbound().services().stream()
                .filter(service -> service.ports().stream().anyMatch(port -> port.protocol() == Protocol.GRPC))
                .toList();
        for (VirtualService routes : scene.outbound().virtualServices()) {
            if (limits.leadsTo(routes, services)) {
                routes.http().forEach(limits::route);
            }
        }
        for (MeshService service : services) {
            scene.outbound().destinationRule(service, scene.node().labels()).ifPresent(limits::destination);
        }
        return List.copyOf(limits.found);
    }

    /// Of what it serves.
    static List<Diagnostic> ofReceiving(Scene scene) {
        ProxylessLimits limits = new ProxylessLimits(scene);
        for (AuthorizationPolicy policy : Authorization.applying(scene)) {
            if (policy.dryRun()) {
                limits.note(policy.origin(), "", "a policy on trial " + NO_EFFECT, ADVICE);
            } else if (policy.action() == Action.AUDIT) {
                limits.note(policy.origin(), ".action", "AUDIT " + NO_EFFECT, ADVICE);
            } else if (policy.action() == Action.CUSTOM) {
                limits.note(
                        policy.origin(),
                        ".action",
                        "gRPC applications without a proxy can ask nobody: they deny what the policy matches",
                        "give the server a sidecar, or write a policy that denies or allows");
            }
        }
        for (RequestAuthentication tokens : scene.snapshot().security().requestAuthentications()) {
            if (Attachment.applies(scene, tokens.metadata().namespace(), tokens.selector(), tokens.targetRefs())) {
                limits.note(
                        tokens.origin(),
                        "",
                        NO_EFFECT + ": tokens are not looked at, and no request has a principal of one",
                        "give the server a sidecar");
            }
        }
        return List.copyOf(limits.found);
    }

    private void note(Origin at, String field, String message, String advice) {
        if (found.size() < MOST) {
            found.add(Diagnostic.warning(CODE, at.at(), at.field() + field, message)
                    .withAdvice(advice));
        }
    }

    private boolean leadsTo(VirtualService routes, List<MeshService> services) {
        if (!routes.gateways().isEmpty() && !routes.gateways().contains("mesh")) {
            return false;
        }
        return routes.hosts().stream()
                .map(host -> Hostname.resolve(
                        host, routes.metadata().namespace(), scene.settings().shortNames()))
                .anyMatch(host -> services.stream().anyMatch(s -> Hostname.matches(host, s.hostname())));
    }

    private void route(HttpRoute route) {
        Origin at = route.origin();
        switch (route.action()) {
            case HttpRoute.Action.Forward(var to) -> {
                if (to.stream().anyMatch(part -> !part.headers().equals(HeaderOperations.NONE))) {
                    note(at, ".route", "headers of a destination: " + NO_EFFECT, ADVICE);
                }
            }
            case HttpRoute.Action.Redirect _ -> note(at, ".redirect", "gRPC calls that it takes fail", ADVICE);
            case HttpRoute.Action.Direct _ -> note(at, ".directResponse", "gRPC calls that it takes fail", ADVICE);
            case HttpRoute.Action.Delegate _ -> {}
        }
        if (route.rewrite().isPresent()) {
            note(at, ".rewrite", NO_EFFECT, ADVICE);
        }
        if (!route.mirrors().isEmpty()) {
            note(at, ".mirror", NO_EFFECT, ADVICE);
        }
        if (!route.headers().equals(HeaderOperations.NONE)) {
            note(at, ".headers", NO_EFFECT, ADVICE);
        }
        route.retries().ifPresent(retries -> retries(at, retries));
        route.match().forEach(this::match);
    }

    private void retries(Origin at, HttpRoute.Retries retries) {
        if (retries.perTryTimeout().isPresent()) {
            note(at, ".retries.perTryTimeout", NO_EFFECT, ADVICE);
        }
        for (String condition : retries.retryOn().split(",")) {
            String wanted = condition.strip();
            if (retries.attempts() > 0 && !wanted.isEmpty() && !ClientRoutes.RETRIED.contains(wanted)) {
                note(
                        at,
                        ".retries.retryOn",
                        wanted + ": " + NO_EFFECT,
                        "name statuses of gRPC: "
                                + String.join(
                                        ", ",
                                        ClientRoutes.RETRIED.stream().sorted().toList()));
            }
        }
    }

    private void match(HttpRoute.Match match) {
        String nothing = "gRPC does not show it, so that the route takes no call of applications without a proxy";
        if (match.scheme().isPresent()) {
            note(match.origin(), ".scheme", nothing, ADVICE);
        }
        if (match.authority().isPresent()) {
            note(match.origin(), ".authority", nothing, ADVICE);
        }
        if (match.headers().keySet().stream()
                .anyMatch(name -> !ClaimMatches.path(name).isEmpty())) {
            note(match.origin(), ".headers", "claims of tokens: " + nothing, ADVICE);
        }
    }

    private void destination(DestinationRule rule) {
        rule.trafficPolicy().ifPresent(policy -> policy(rule.origin(), policy));
        rule.subsets().forEach(subset -> subset.trafficPolicy().ifPresent(p -> policy(subset.origin(), p)));
    }

    private void policy(Origin at, TrafficPolicy policy) {
        String field = ".trafficPolicy";
        boolean tls = policy.tls().filter(t -> !HEARD_TLS.contains(t.mode())).isPresent()
                || policy.ports().stream()
                        .anyMatch(port -> port.tls()
                                .filter(t -> !HEARD_TLS.contains(t.mode()))
                                .isPresent());
        if (tls || policy.proxyProtocol().isPresent()) {
            note(
                    at,
                    field + (tls ? ".tls" : ".proxyProtocol"),
                    "gRPC clients without a proxy cannot do that: their calls fail",
                    "ISTIO_MUTUAL or DISABLE is what they take");
        }
        policy.retryBudget().ifPresent(_ -> note(at, field + ".retryBudget", NO_EFFECT, ADVICE));
        policy.loadBalancer().ifPresent(balancer -> balancer(at, field + ".loadBalancer", balancer));
        policy.connectionPool().ifPresent(pool -> pool(at, field + ".connectionPool", pool));
        for (int index = 0; index < policy.ports().size(); index++) {
            TrafficPolicy.PortPolicy port = policy.ports().get(index);
            String ofPort = field + ".portLevelSettings[" + index + "]";
            port.loadBalancer().ifPresent(balancer -> balancer(at, ofPort + ".loadBalancer", balancer));
            port.connectionPool().ifPresent(pool -> pool(at, ofPort + ".connectionPool", pool));
        }
    }

    private void balancer(Origin at, String field, LoadBalancer balancer) {
        if (Set.of("LEAST_REQUEST", "LEAST_CONN", "RANDOM", "PASSTHROUGH").contains(balancer.simple())) {
            note(at, field + ".simple", "gRPC clients without a proxy take turns", ADVICE);
        }
        balancer.consistentHash()
                .filter(hash -> hash.header().isEmpty())
                .ifPresent(_ -> note(
                        at,
                        field + ".consistentHash",
                        "gRPC clients without a proxy hash headers only",
                        "use httpHeaderName"));
        balancer.zoneAware()
                .filter(zones -> zones.enabled().orElse(true))
                .ifPresent(_ -> note(
                        at,
                        field + ".zoneAwareLbSetting",
                        "gRPC clients without a proxy prefer their region, but no zone of it",
                        "use localityLbSetting"));
        balancer.warmup().ifPresent(_ -> note(at, field + ".warmup", NO_EFFECT, ADVICE));
    }

    private void pool(Origin at, String field, ConnectionPool pool) {
        pool.tcp().ifPresent(_ -> note(at, field + ".tcp", NO_EFFECT, ADVICE));
        pool.http()
                .filter(http -> !http.equals(ConnectionPool.Http.ofMostRequests(http.http2MaxRequests())))
                .ifPresent(_ ->
                        note(at, field + ".http", "gRPC clients without a proxy heed http2MaxRequests alone", ADVICE));
    }
}
