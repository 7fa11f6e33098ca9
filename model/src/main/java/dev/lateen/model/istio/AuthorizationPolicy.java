package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Who may do what at a workload. Source: Istio `AuthorizationPolicy`.
///
/// @param provider names an extension provider, for `CUSTOM` only
public record AuthorizationPolicy(
        Origin origin,
        Metadata metadata,
        Selector selector,
        List<TargetRef> targetRefs,
        Action action,
        List<Rule> rules,
        Optional<String> provider) {
    /// Names principals, separated by commas, that are told which policy refuses them.
    public static final String DEBUG_PRINCIPALS = "policy.lateen.dev/debug-principals";

    /// What Istio takes for yes.
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

    public static Bound<AuthorizationPolicy> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new AuthorizationPolicy(
                        in.origin(),
                        resource.metadata(),
                        in.object("selector", Selector::matchLabels).orElse(Selector.ALL),
                        TargetRef.all(in),
                        Action.of(in.text("action", "ALLOW")),
                        in.objects("rules", Rule::of),
                        in.object("provider", p -> p.text("name", ""))));
    }

    /// Verdicts are only recorded, not enforced.
    public boolean dryRun() {
        return TRUE.contains(metadata.annotations().getOrDefault("istio.io/dry-run", ""));
    }

    /// Who is told which policy of the workload refuses them, in the form of `principals`.
    public List<String> debugPrincipals() {
        return Stream.of(metadata.annotations()
                        .getOrDefault(DEBUG_PRINCIPALS, "")
                        .split(","))
                .map(String::strip)
                .filter(principal -> !principal.isEmpty())
                .toList();
    }

    public enum Action {
        ALLOW,
        DENY,
        AUDIT,
        CUSTOM;

        static Action of(String text) {
            for (Action action : values()) {
                if (action.name().equals(text)) {
                    return action;
                }
            }
            return ALLOW;
        }
    }

    public record Rule(Origin origin, List<Source> from, List<Operation> to, List<Condition> when) {
        static Rule of(Reader in) {
            return new Rule(
                    in.origin(),
                    in.objects("from", f -> f.object("source", Source::of).orElseGet(Source::any)),
                    in.objects("to", t -> t.object("operation", Operation::of).orElseGet(Operation::any)),
                    in.objects("when", Condition::of));
        }
    }

    /// Values wanted and values refused; empty lists say nothing.
    public record Values(List<String> in, List<String> notIn) {
        public static final Values ANY = new Values(List.of(), List.of());

        static Values of(Reader in, String name, String notName) {
            return new Values(in.texts(name), in.texts(notName));
        }

        public boolean isEmpty() {
            return in.isEmpty() && notIn.isEmpty();
        }
    }

    public record Source(
            Values principals,
            Values requestPrincipals,
            Values namespaces,
            Values ipBlocks,
            Values remoteIpBlocks,
            Values serviceAccounts,
            Values trustDomains) {
        static Source any() {
            return new Source(Values.ANY, Values.ANY, Values.ANY, Values.ANY, Values.ANY, Values.ANY, Values.ANY);
        }

        static Source of(Reader in) {
            return new Source(
                    Values.of(in, "principals", "notPrincipals"),
                    Values.of(in, "requestPrincipals", "notRequestPrincipals"),
                    Values.of(in, "namespaces", "notNamespaces"),
                    Values.of(in, "ipBlocks", "notIpBlocks"),
                    Values.of(in, "remoteIpBlocks", "notRemoteIpBlocks"),
                    Values.of(in, "serviceAccounts", "notServiceAccounts"),
                    Values.of(in, "trustDomains", "notTrustDomains"));
        }
    }

    public record Operation(Values hosts, Values ports, Values methods, Values paths) {
        static Operation any() {
            return new Operation(Values.ANY, Values.ANY, Values.ANY, Values.ANY);
        }

        static Operation of(Reader in) {
            return new Operation(
                    Values.of(in, "hosts", "notHosts"),
                    Values.of(in, "ports", "notPorts"),
                    Values.of(in, "methods", "notMethods"),
                    Values.of(in, "paths", "notPaths"));
        }
    }

    public record Condition(String key, Values values) {
        static Condition of(Reader in) {
            return new Condition(in.text("key", ""), Values.of(in, "values", "notValues"));
        }
    }
}
