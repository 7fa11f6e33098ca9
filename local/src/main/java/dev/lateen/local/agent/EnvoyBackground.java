package dev.lateen.local.agent;

import dev.lateen.proxy.admin.DecisionBackground;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.decision.Decision;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.proxy.stream.Evidence.Note;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.RouteFacts;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What Envoy has in force, as far as it explains what its access log tells of a request: the table without a route,
/// what a cluster was made from, hosts, limits, policies and issuers. It is asked when somebody wants an explanation,
/// so that it costs requests nothing.
///
/// Limits: it is the state at the time of the question, as the notes say where that may matter.
///
/// Thread: any; blocks while Envoy answers.
final class EnvoyBackground implements DecisionBackground {
    private static final String MATCHED = "rbac_access_denied_matched_policy[";
    private static final String JWT = "jwt_authn_access_denied{";
    private static final int MOST_POLICIES = 8;

    private final EnvoyAdmin envoy;

    EnvoyBackground(EnvoyAdmin envoy) {
        this.envoy = envoy;
    }

    /// Made for each question: reading JSON costs an agent memory, which most are never asked to spend.
    private EnvoyState state() {
        return new EnvoyState(envoy);
    }

    @Override
    public Optional<RouteTable> routes(String table) {
        return table.isEmpty() ? Optional.empty() : state().routes(table);
    }

    @Override
    public @Nullable RouteFacts route(Decision decision) {
        if (decision.route != null || !decision.flags.contains(ResponseFlag.NO_ROUTE_FOUND)) {
            return decision.route;
        }
        return decision.destination instanceof InetSocketAddress local
                ? state().table(local.getPort(), decision.authority())
                        .map(RouteFacts::none)
                        .orElse(null)
                : null;
    }

    /// Envoy logs the cluster of a host that was chosen; where none was, the route leads to it.
    @Override
    public String clusterName(Decision decision) {
        String noted = decision.cluster == null ? "" : decision.cluster;
        RouteFacts taken = decision.route;
        if (!noted.isEmpty()
                || !decision.flags.contains(ResponseFlag.NO_HEALTHY_UPSTREAM)
                || taken == null
                || !(decision.destination instanceof InetSocketAddress local)) {
            return noted;
        }
        String rule = text(taken, "istio", "config");
        String field = text(taken, "lateen", "field");
        return state().table(local.getPort(), decision.authority())
                .flatMap(table -> state().clusterOf(table, rule, field))
                .orElse("");
    }

    private static String text(RouteFacts route, String space, String field) {
        return route.metadata().getOrDefault(space, Map.of()).get(field) instanceof String text ? text : "";
    }

    @Override
    public Map<String, Map<String, Object>> cluster(Decision decision) {
        String cluster = clusterName(decision);
        return cluster.isEmpty()
                ? Map.of()
                : Metadata.of(state().metadata(cluster)).namespaces();
    }

    @Override
    public List<Note> notes(Decision decision) {
        List<Note> notes = new ArrayList<>();
        String details = decision.details == null ? "" : decision.details;
        if (details.startsWith(MATCHED)) {
            denied(details.substring(MATCHED.length(), details.length() - 1), notes);
        } else if (details.startsWith(JWT)) {
            String why = details.substring(JWT.length(), details.length() - 1).replace('_', ' ');
            notes.add(new Note("jwt", why + "; issuers: " + String.join(", ", state().issuers())));
        } else if (details.startsWith("ext_authz")) {
            List<String> asked = state().customPolicies();
            if (asked.size() == 1) {
                notes.add(new Note("policy", asked.getFirst()));
            }
        }
        if (decision.flags.contains(ResponseFlag.FAULT_INJECTED)) {
            notes.add(new Note("fault", "abort with " + decision.status));
        }
        if (decision.flags.contains(ResponseFlag.DELAY_INJECTED)) {
            notes.add(new Note("fault", "delay"));
        }
        upstream(decision, clusterName(decision), notes);
        return notes;
    }

    /// @param policy as Envoy names it; `none` where none of those that allow did
    private void denied(String policy, List<Note> notes) {
        if (!policy.equals("none")) {
            notes.add(new Note("policy", policy));
            return;
        }
        state().allowPolicies().stream()
                .limit(MOST_POLICIES)
                .forEach(one -> notes.add(new Note("nearlyAllowed", one + " does not match")));
    }

    private void upstream(Decision decision, String cluster, List<Note> notes) {
        if (decision.flags.contains(ResponseFlag.NO_HEALTHY_UPSTREAM)) {
            state().hosts(cluster).ifPresent(hosts -> notes.add(new Note("hosts", hosts)));
        }
        if (decision.flags.contains(ResponseFlag.UPSTREAM_OVERFLOW)) {
            String limits = state().limits(cluster).stream().collect(Collectors.joining(", "));
            if (!limits.isEmpty()) {
                notes.add(new Note("circuit", limits));
            }
        }
        if (decision.flags.contains(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED)) {
            notes.add(new Note("retries", decision.attempts - 1 + " retries, as many as there may be"));
        }
    }
}
