package dev.lateen.proxy.decision;

import dev.lateen.proxy.stream.ResponseFlag;
import java.util.Locale;
import java.util.Optional;

/// Which decisions somebody wants to see; every part must match, and an empty one matches all.
///
/// Thread: any (immutable).
///
/// @param id of the request, whole
/// @param request what was asked for
/// @param outcome what came of it
public record DecisionFilter(String id, Request request, Outcome outcome) {
    public static final DecisionFilter ALL =
            new DecisionFilter("", new Request("", "", "", "", "", ""), new Outcome("", "", false));

    /// @param method such as `GET`
    /// @param authority part of it
    /// @param path its beginning
    /// @param route part of the route's name
    /// @param cluster part of the cluster's name
    /// @param direction `inbound` or `outbound`
    public record Request(
            String method, String authority, String path, String route, String cluster, String direction) {}

    /// @param status such as `503`, or `5xx`
    /// @param flag such as `UH`
    /// @param failures only what had a flag or a status from 400 on
    public record Outcome(String status, String flag, boolean failures) {}

    /// Where a status is none, why.
    public Optional<String> trouble() {
        String status = outcome.status();
        boolean known = status.isEmpty() || status.matches("[1-5](xx|[0-9][0-9])");
        return known
                ? Optional.empty()
                : Optional.of("status: '" + status + "' (expected: one such as 503, or a class such as 5xx)");
    }

    boolean matches(Decision decision) {
        return (id.isEmpty() || id.equals(decision.id())) && matchesRequest(decision) && matchesOutcome(decision);
    }

    private boolean matchesRequest(Decision decision) {
        return (request.method().isEmpty() || request.method().equals(decision.method))
                && (request.authority().isEmpty() || decision.authority().contains(request.authority()))
                && (request.path().isEmpty() || decision.path().startsWith(request.path()))
                && (request.route().isEmpty()
                        || (decision.route != null && decision.route.name().contains(request.route())))
                && (request.cluster().isEmpty()
                        || (decision.cluster != null && decision.cluster.contains(request.cluster())))
                && (request.direction().isEmpty()
                        || decision.direction.toLowerCase(Locale.ROOT).equals(request.direction()));
    }

    private boolean matchesOutcome(Decision decision) {
        String status = outcome.status();
        if (outcome.failures() && !decision.failed) {
            return false;
        }
        if (!status.isEmpty()
                && !(status.endsWith("xx")
                        ? decision.status / 100 == status.charAt(0) - '0'
                        : status.equals(Integer.toString(decision.status)))) {
            return false;
        }
        return outcome.flag().isEmpty() || hasFlag(decision);
    }

    private boolean hasFlag(Decision decision) {
        for (ResponseFlag flag : decision.flags) {
            if (flag.code().equals(outcome.flag())) {
                return true;
            }
        }
        return false;
    }
}
