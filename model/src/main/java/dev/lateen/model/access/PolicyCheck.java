package dev.lateen.model.access;

import dev.lateen.model.access.AccessReport.Answer;
import dev.lateen.model.access.AccessReport.Step;
import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.AuthorizationPolicy.Action;
import dev.lateen.model.istio.AuthorizationPolicy.Rule;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.TrustDomains;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the authorization policies of a workload say: servers outside first, then refusals, then permissions.
/// Thread: one at a time.
public final class PolicyCheck {
    private static final String OK = "200";
    private static final String FORBIDDEN = "403";

    private final MeshConfig mesh;
    private final List<AuthorizationPolicy> policies;
    private final Seen seen;
    private final List<Step> steps;

    /// @param policies that hold for the workload, those on trial too
    /// @param steps where to note what is looked at
    public PolicyCheck(MeshConfig mesh, List<AuthorizationPolicy> policies, Seen seen, List<Step> steps) {
        this.mesh = mesh;
        this.policies = policies;
        this.seen = seen;
        this.steps = steps;
    }

    /// A rule that matches.
    private record Hit(AuthorizationPolicy policy, int rule, String at) {
        String name() {
            return named(policy) + ", rule " + rule;
        }
    }

    /// @param workload that the policies are of
    public Answer answer(String workload) {
        List<Hit> asked = hits(of(Action.CUSTOM));
        for (Hit hit : asked) {
            String provider = hit.policy().provider().orElse("");
            if (mesh.extensionProvider(provider).isEmpty()) {
                return denied(workload, hit, "no provider '" + provider + "' is configured, so nothing is let through");
            }
        }
        List<Hit> refusing = hits(of(Action.DENY));
        if (!refusing.isEmpty()) {
            return denied(workload, refusing.getFirst(), "the rule matches");
        }
        List<AuthorizationPolicy> allowing = of(Action.ALLOW);
        List<Hit> permitting = hits(allowing);
        hits(of(Action.AUDIT));
        policies.stream().filter(AuthorizationPolicy::dryRun).forEach(this::tried);
        String condition = asked.isEmpty()
                ? ""
                : ", provided that '" + asked.getFirst().policy().provider().orElse("") + "' agrees ("
                        + asked.getFirst().name() + ")";
        if (allowing.isEmpty()) {
            return allowed(workload, "", "", "no policy forbids it" + condition);
        }
        if (permitting.isEmpty()) {
            AuthorizationPolicy first = allowing.getFirst();
            return new Answer(
                    workload,
                    false,
                    refusal(),
                    allowing.size() == 1 ? named(first) : "no ALLOW policy",
                    Places.of(first.origin()),
                    allowing.size() == 1
                            ? "none of its rules matches, and what no ALLOW policy permits is refused"
                            : "none of " + allowing.size() + " ALLOW policies matches",
                    List.copyOf(steps));
        }
        Hit hit = permitting.getFirst();
        return allowed(workload, hit.name(), hit.at(), "the rule matches" + condition);
    }

    private List<AuthorizationPolicy> of(Action action) {
        return policies.stream()
                .filter(policy -> policy.action() == action && !policy.dryRun())
                .toList();
    }

    /// All that match, in the order of policies and rules, and notes each rule.
    private List<Hit> hits(List<AuthorizationPolicy> of) {
        List<Hit> hits = new ArrayList<>();
        of.forEach(policy -> hits.addAll(hits(policy, "")));
        return hits;
    }

    private void tried(AuthorizationPolicy policy) {
        hits(policy, " (dry-run)");
    }

    private List<Hit> hits(AuthorizationPolicy policy, String note) {
        List<Hit> hits = new ArrayList<>();
        RuleMatch match = new RuleMatch(policy, TrustDomains.of(mesh), seen);
        String stage = policy.action() + note;
        if (policy.rules().isEmpty()) {
            steps.add(new Step(stage, named(policy), "has no rules and matches nothing", Places.of(policy.origin())));
        }
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            Hit hit = new Hit(policy, i, Places.of(rule.origin()));
            Optional<String> obstacle = match.obstacle(rule);
            steps.add(new Step(
                    stage,
                    hit.name(),
                    obstacle.map(why -> "does not match: " + why).orElse("matches"),
                    hit.at()));
            if (obstacle.isEmpty()) {
                hits.add(hit);
            }
        }
        return hits;
    }

    private Answer denied(String workload, Hit hit, String because) {
        return new Answer(workload, false, refusal(), hit.name(), hit.at(), because, List.copyOf(steps));
    }

    private Answer allowed(String workload, String by, String at, String because) {
        return new Answer(workload, true, seen.http() ? OK : "open", by, at, because, List.copyOf(steps));
    }

    private String refusal() {
        return seen.http() ? FORBIDDEN : "reset";
    }

    static String named(AuthorizationPolicy policy) {
        return "AuthorizationPolicy " + policy.metadata().name() + "."
                + policy.metadata().namespace();
    }
}
