package dev.lateen.dashboard.explain;

import dev.lateen.dashboard.explain.Explanation.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Failures on the way to the next hop, and what took too long. Thread: any; blocks where `Places` does.
final class UpstreamReasons {
    private static final long MICROS_PER_MILLI = 1_000;
    private static final Pattern IN_USE =
            Pattern.compile("(connections|pending requests|requests|retries) (\\d+) of (\\d+)");
    /// Of Envoy, which does not say what was in use.
    private static final Pattern LIMIT =
            Pattern.compile("(connections|pending requests|requests|retries) at most \\d+");

    /// Our proxy writes it without spaces.
    private static final Pattern NO_SECRET = Pattern.compile("Secret.is.not.supplied.by.SDS");

    private final Origins origins;

    UpstreamReasons(Origins origins) {
        this.origins = origins;
    }

    Explanation explain(Decision decision) {
        if (decision.answer().details().equals("no_healthy_upstream")) {
            return noHost(decision);
        }
        if (decision.has("UO")) {
            return overflow(decision);
        }
        Explanation failure = failure(decision);
        // A TCP connection is tried again by no route.
        if (!decision.has("URX") || decision.asked().method().isEmpty()) {
            return failure;
        }
        List<Place> places = new ArrayList<>(origins.route(decision, List.of(".retries.attempts", ".retries", "")));
        places.addAll(failure.at());
        return new Explanation(
                failure.cause() + ", after " + decision.note("retries"), failure.because(), places, failure.change());
    }

    Explanation noHost(Decision decision) {
        String hosts = decision.note("hosts");
        String cluster = decision.config().cluster().name();
        String cause = "no host of " + (cluster.isEmpty() ? "the route's cluster" : cluster) + " can be used";
        if (hosts.isEmpty()) {
            // Envoy's log says neither which cluster it was nor why.
            return new Explanation(
                    cause,
                    "",
                    cluster.isEmpty() ? origins.route(decision, List.of("")) : origins.service(decision),
                    "`lateen proxy-config endpoints " + decision.proxy()
                            + "` shows the hosts: they are not ready, ejected, or do not pass the cluster's health check");
        }
        if (hosts.startsWith("0 hosts")) {
            List<Place> places = new ArrayList<>();
            origins.subset(decision).ifPresent(places::add);
            places.addAll(origins.service(decision));
            return new Explanation(
                    cause,
                    "it has no endpoints",
                    places,
                    places.size() > 1
                            ? "no ready pod of the Service has the labels of the subset: deploy one, or change the labels"
                            : "no ready pod has the labels that the Service selects: start one, or change the selector");
        }
        if (hosts.contains("failed its health check")) {
            return new Explanation(
                    cause,
                    hosts,
                    origins.trafficPolicy(decision, List.of()),
                    "they do not pass the active health check of the cluster (`health_checks`, from an EnvoyFilter or the"
                            + " bootstrap): ask them what it asks");
        }
        if (!hosts.contains(" 0 ejected")) {
            return new Explanation(
                    cause,
                    hosts,
                    origins.trafficPolicy(decision, List.of("outlierDetection")),
                    "the ejected hosts failed too often: see why (explain one of the earlier errors); outlierDetection"
                            + " says after how many errors and for how long");
        }
        return new Explanation(
                cause, hosts, origins.service(decision), "the endpoints are not ready: look at their readiness probes");
    }

    private Explanation overflow(Decision decision) {
        String circuit = decision.note("circuit");
        List<String> settings = new ArrayList<>();
        Matcher each = IN_USE.matcher(circuit);
        while (each.find()) {
            if (Long.parseLong(each.group(2)) >= Long.parseLong(each.group(3))) {
                settings.add(0, setting(each.group(1)));
            }
        }
        LIMIT.matcher(circuit).results().forEach(limit -> settings.add(setting(limit.group(1))));
        settings.add("connectionPool");
        return new Explanation(
                "the circuit of " + decision.config().cluster().name() + " is open: too much at once",
                circuit,
                origins.trafficPolicy(decision, settings),
                "raise the limit in connectionPool, add hosts, or send less at a time");
    }

    private static String setting(String what) {
        return switch (what) {
            case "connections" -> "connectionPool.tcp.maxConnections";
            case "pending requests" -> "connectionPool.http.http1MaxPendingRequests";
            case "requests" -> "connectionPool.http.http2MaxRequests";
            default -> "connectionPool.http.maxRetries";
        };
    }

    private Explanation failure(Decision decision) {
        Decision.Upstream upstream = decision.upstream();
        String host = upstream.host().isEmpty() ? decision.config().cluster().name() : upstream.host();
        String because = because(decision);
        if (NO_SECRET.matcher(upstream.transportFailure()).find()) {
            return new Explanation(
                    "the proxy has no key or no authority for TLS with " + host,
                    because,
                    origins.tls(decision),
                    "add the secret that `credentialName` names (`ca.crt`; for MUTUAL `tls.crt` and `tls.key` too) to the"
                            + " namespace of the proxy; `proxy-config secret` lists what it has");
        }
        if (upstream.transportFailure().contains("TLS")) {
            return new Explanation(
                    "TLS with " + host + " failed",
                    because,
                    origins.tls(decision),
                    "compare what this side does (`trafficPolicy.tls` of the DestinationRule) with what the other side"
                            + " takes (PeerAuthentication, or the server's own certificate)");
        }
        if (upstream.transportFailure().startsWith("tunnel_response")) {
            return new Explanation(
                    "the proxy " + host + " granted no tunnel",
                    because,
                    origins.trafficPolicy(decision, List.of("tunnel")),
                    "let that proxy connect to the tunnel's targetHost and targetPort, or ask another one");
        }
        if (decision.has("UF")) {
            return new Explanation(
                    "no connection to " + host,
                    because,
                    origins.service(decision),
                    decision.inbound()
                            ? "the application does not listen on that port: look at targetPort and at the container"
                            : "nothing listens there, or a NetworkPolicy is in the way");
        }
        Optional<Place> strict =
                upstream.mutualTls() || decision.inbound() ? Optional.empty() : origins.strict(decision);
        if (strict.isPresent()) {
            List<Place> places = new ArrayList<>(List.of(strict.get()));
            places.addAll(origins.tls(decision));
            return new Explanation(
                    host + " takes mutual TLS alone, and the connection had none",
                    because,
                    places,
                    "take `tls.mode` out of the DestinationRule, so that mutual TLS comes by itself, or let the workload"
                            + " take plaintext too (PERMISSIVE)");
        }
        if (decision.has("UPE")) {
            return new Explanation(
                    host + " answered something that is no HTTP of the expected version",
                    because,
                    origins.service(decision),
                    "see to it that the Service's port is named after its protocol (`http`, `http2`, `grpc`, `tcp`)");
        }
        if (decision.has("UR") && decision.asked().method().isEmpty()) {
            return new Explanation(
                    host + " reset the connection",
                    because,
                    origins.service(decision),
                    "it crashed, or did not like what it was sent: look into its log");
        }
        return new Explanation(
                host + " ended the connection before it had answered",
                because,
                origins.service(decision),
                "the application crashed, or closes idle connections early: look into its log, and keep them open longer"
                        + " there than `connectionPool.http.idleTimeout` says here");
    }

    private static String because(Decision decision) {
        Decision.Upstream upstream = decision.upstream();
        List<String> parts = new ArrayList<>();
        if (!upstream.transportFailure().isEmpty()) {
            parts.add(upstream.transportFailure());
        }
        if (upstream.failed().size() > 1) {
            parts.add(upstream.failed().size() + " attempts: "
                    + String.join(
                            ", ",
                            upstream.failed().stream()
                                    .map(one -> one.host() + " " + one.result())
                                    .distinct()
                                    .toList()));
        }
        if (!decision.note("hosts").isEmpty()) {
            parts.add(decision.note("hosts"));
        }
        return parts.isEmpty() ? "details: " + decision.answer().details() : String.join("; ", parts);
    }

    Explanation timeout(Decision decision) {
        boolean each = decision.answer().details().equals("upstream_per_try_timeout");
        long micros = each
                ? decision.upstream().perTryTimeoutMicros()
                : decision.upstream().timeoutMicros();
        List<String> fields =
                each ? List.of(".retries.perTryTimeout", ".retries", "") : List.of(".timeout", ".fault.delay", "");
        List<String> delays = decision.notes("fault");
        String host = decision.upstream().host().isEmpty()
                ? decision.config().cluster().name()
                : decision.upstream().host();
        return new Explanation(
                // Envoy's log has no deadline.
                host + " did not answer " + (micros == 0 ? "in time" : "within " + micros / MICROS_PER_MILLI + " ms"),
                "it took " + decision.answer().micros() / MICROS_PER_MILLI + " ms"
                        + (each ? ", the last attempt being cut off" : "")
                        + (delays.isEmpty() ? "" : "; " + String.join(", ", delays)),
                origins.route(decision, fields),
                "raise " + (each ? "`perTryTimeout`" : "`timeout`")
                        + " of the route, or make the upstream faster (its own" + " hop shows how long it took)");
    }
}
