package dev.lateen.dashboard.explain;

import dev.lateen.dashboard.explain.Explanation.Place;
import java.util.List;
import java.util.stream.Stream;

/// Turns what a proxy noted into a reason, the lines that it rests on, and advice: one case for each way in which a
/// proxy answers by itself.
///
/// Source: Envoy's response flags and response code details. Thread: any; blocks where `Places` does.
public final class Explainer {
    /// The route of hosts that nobody declared, where they may not be called.
    private static final String BLOCKED = "block_all";

    private final Origins origins;

    public Explainer(Places places) {
        this.origins = new Origins(places);
    }

    /// With the EnvoyFilters that have changed what refused it, as far as no resource says more: a Service says least.
    public Explanation explain(Decision decision) {
        Explanation found = reason(decision);
        boolean settled =
                found.at().stream().anyMatch(place -> !place.resource().startsWith("Service "));
        List<Place> patches = settled ? List.of() : origins.patches(decision);
        List<Place> places =
                Stream.concat(patches.stream(), found.at().stream()).distinct().toList();
        return new Explanation(found.cause(), found.because(), places, found.change());
    }

    private Explanation reason(Decision decision) {
        String details = decision.answer().details();
        if (details.startsWith("rbac_access_denied")) {
            return new AccessReasons(origins).denied(decision);
        }
        if (details.startsWith("jwt_authn_access_denied")) {
            return new AccessReasons(origins).token(decision);
        }
        if (details.startsWith("ext_authz")) {
            return new AccessReasons(origins).authorizer(decision);
        }
        if (decision.has("RL") || decision.has("RLSE")) {
            return new AccessReasons(origins).limited(decision);
        }
        boolean broken = decision.has("UF") || decision.has("UC") || decision.has("UO") || decision.has("UR");
        if (details.startsWith("upstream_reset") || broken) {
            return new UpstreamReasons(origins).explain(decision);
        }
        return switch (details) {
            case "route_not_found" -> noRoute(decision);
            case "filter_chain_not_found" -> noChain(decision);
            case "cluster_not_found" -> noCluster(decision);
            case "direct_response" ->
                decision.config().route().name().equals(BLOCKED) ? unregistered(decision) : direct(decision);
            case "fault_filter_abort" -> fault(decision);
            case "no_healthy_upstream" -> new UpstreamReasons(origins).noHost(decision);
            case "response_timeout", "upstream_per_try_timeout" -> new UpstreamReasons(origins).timeout(decision);
            case "via_upstream" -> passedOn(decision);
            case "max_duration_timeout" -> tooLong(decision);
            case "request_payload_too_large" -> tooLarge();
            default -> other(decision);
        };
    }

    private Explanation noRoute(Decision decision) {
        List<Place> near = decision.nearly().stream()
                .map(Decision.Near::from)
                .flatMap(from -> origins.made(from, List.of(".match", "")).stream())
                .distinct()
                .toList();
        String table = decision.config().route().table();
        String because = decision.nearly().isEmpty()
                ? "route table " + table + " of listener " + decision.config().listener() + " has nothing for it"
                : "nearest: " + named(decision.nearly().getFirst().name()) + ", which wants "
                        + decision.nearly().getFirst().wants();
        return new Explanation(
                "no route takes " + request(decision),
                because,
                near,
                near.isEmpty()
                        ? "name the host in a VirtualService, Service or ServiceEntry that this proxy may see"
                        : "send what the route wants, or add a route without `match` at the end of the list");
    }

    private static String named(String route) {
        return route.isEmpty() ? "a route without a name" : "route " + route;
    }

    private static String request(Decision decision) {
        Decision.Asked asked = decision.asked();
        return asked.method() + " " + asked.authority() + asked.path();
    }

    private static Explanation noChain(Decision decision) {
        return new Explanation(
                "no filter chain of listener " + decision.config().listener() + " takes such a connection",
                "the server name, the address or the kind of TLS that the client uses is not one that it serves",
                List.of(),
                "look at `lateen proxy-config listener` for the chains that there are, and at PeerAuthentication for"
                        + " plaintext where mutual TLS is STRICT");
    }

    private Explanation noCluster(Decision decision) {
        String cluster = decision.config().cluster().name();
        return new Explanation(
                "the route leads to " + (cluster.isEmpty() ? "a cluster" : cluster) + ", which there is not",
                "the proxy knows no such cluster: the subset, the port or the host does not exist, or the proxy may not"
                        + " see it",
                origins.route(decision, List.of(".route", "")),
                "name a host, port and subset that exist; a subset needs a DestinationRule that defines it");
    }

    private Explanation direct(Decision decision) {
        int status = decision.answer().status();
        return new Explanation(
                status >= 300 && status < 400
                        ? "the route redirects with " + status
                        : "the route answers " + status + " by itself",
                "",
                origins.route(decision, List.of(".directResponse", ".redirect", "")),
                "change or remove this route if that is not meant");
    }

    private Explanation unregistered(Decision decision) {
        return new Explanation(
                "this proxy knows no host " + decision.asked().authority() + ", and unknown hosts are blocked",
                "the outboundTrafficPolicy of this workload is REGISTRY_ONLY",
                origins.route(decision, List.of(".outboundTrafficPolicy.mode", ".outboundTrafficPolicy", "")),
                "declare it in a ServiceEntry; where a Sidecar's `egress.hosts` or an `exportTo` hides it, name it there"
                        + " too; ALLOW_ANY lets unknown hosts through");
    }

    private Explanation fault(Decision decision) {
        return new Explanation(
                "a fault is injected on purpose: " + String.join(", ", decision.notes("fault")),
                "",
                origins.route(decision, List.of(".fault.abort", ".fault", "")),
                "remove `fault` from the route");
    }

    private Explanation tooLong(Decision decision) {
        return new Explanation(
                "the request lasted longer than any may (" + decision.answer().micros() / 1_000 + " ms)",
                "a limit on the time of whole requests, answers included, has passed",
                origins.route(decision, List.of("")),
                "raise `max_stream_duration` where an EnvoyFilter or a bootstrap sets it, or answer in less time");
    }

    private static Explanation tooLarge() {
        return new Explanation(
                "the body is larger than what a filter may hold of it before it decides",
                "",
                List.of(),
                "raise `includeRequestBodyInCheck.maxRequestBytes` of the authorization provider, or allow partial messages");
    }

    private Explanation passedOn(Decision decision) {
        int status = decision.answer().status();
        String by = decision.upstream().host();
        String host = decision.inbound() ? "the workload itself" : by;
        List<Place> places = decision.has("URX")
                ? origins.route(decision, List.of(".retries.attempts", ".retries", ""))
                : decision.has("DI") ? origins.route(decision, List.of(".fault.delay", ".fault", "")) : List.of();
        String retries = decision.has("URX") ? "after " + decision.note("retries") + ", " : "";
        String delayed = decision.has("DI") ? String.join(", ", decision.notes("fault")) : "";
        return new Explanation(
                retries + host + " answered " + status,
                delayed,
                places,
                status < 400
                        ? ""
                        : decision.inbound()
                                ? "look into the application's log"
                                : "look at the next hop, or into the log of " + by);
    }

    private Explanation other(Decision decision) {
        if (!decision.caller().tlsFailure().isEmpty()) {
            return new AccessReasons(origins).handshake(decision);
        }
        String details = decision.answer().details();
        if (decision.has("DC") || decision.has("DR")) {
            return new Explanation(
                    "the client went away before the answer was complete",
                    details.isEmpty() ? "" : "details: " + details,
                    List.of(),
                    "raise the client's own timeout, or make the answer faster");
        }
        if (decision.has("OM")) {
            return new Explanation(
                    "the proxy is short of memory or another resource",
                    "overload: " + details,
                    List.of(),
                    "give the sidecar more memory, or send it less at a time");
        }
        if (decision.has("DF")) {
            return new Explanation(
                    "the name that the request asks for has no address",
                    "no name server knows an address of it that this proxy could use",
                    origins.route(decision, List.of("")),
                    "look the name up where the proxy runs; narrow the hosts of the ServiceEntry with DYNAMIC_DNS");
        }
        if (decision.has("UT") || decision.has("DT") || decision.has("SI") || decision.has("UMSDR")) {
            return new UpstreamReasons(origins).timeout(decision);
        }
        if (decision.has("DPE") || decision.answer().status() == 400) {
            return new Explanation(
                    "the request is not well-formed HTTP",
                    "details: " + details,
                    List.of(),
                    "correct the client; strict parsing refuses what could be understood in two ways");
        }
        if (details.equals("upgrade_failed")) {
            return new Explanation(
                    "the route allows no such upgrade (a websocket, for example)",
                    "",
                    origins.route(decision, List.of("")),
                    "");
        }
        if (decision.asked().method().isEmpty() && decision.answer().flags().isEmpty()) {
            return new Explanation("a TCP connection was relayed to its end", "", List.of(), "");
        }
        return new Explanation(
                "the proxy answered " + decision.answer().status(), "details: " + details, List.of(), "");
    }
}
