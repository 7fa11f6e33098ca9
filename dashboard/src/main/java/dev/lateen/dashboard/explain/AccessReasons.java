package dev.lateen.dashboard.explain;

import dev.lateen.dashboard.explain.Explanation.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Refusals by policy: who may, with which token, how often. Thread: any; blocks where `Places` does.
final class AccessReasons {
    /// Behind the name of a rule whose provider cannot be asked, as Istio has it.
    private static final String NOBODY_TO_ASK = "-deny-due-to-bad-CUSTOM-action";

    private final Origins origins;

    AccessReasons(Origins origins) {
        this.origins = origins;
    }

    /// An AuthorizationPolicy or AccessList.
    Explanation denied(Decision decision) {
        String matched = decision.note("policy");
        if (matched.endsWith(NOBODY_TO_ASK)) {
            return new Explanation(
                    "a CUSTOM policy matches, and there is nobody to ask",
                    "its provider is none that this workload can ask; the caller is " + caller(decision),
                    Named.ofPolicy(matched)
                            .map(named -> new Named(named.resource(), List.of("spec.provider", "spec")))
                            .flatMap(origins::named)
                            .stream()
                            .toList(),
                    "name one of meshConfig.extensionProviders, the same in all CUSTOM policies of the workload");
        }
        if (!matched.isEmpty()) {
            return new Explanation(
                    "a policy denies it",
                    "rule " + matched + " matches; the caller is " + caller(decision),
                    place(matched),
                    "take the caller or the operation out of this rule");
        }
        List<String> near = decision.notes("nearlyAllowed");
        List<String> best = Stream.concat(near.stream().filter(one -> one.contains("operation matches")), near.stream())
                .distinct()
                .toList();
        List<Place> places =
                best.stream().flatMap(one -> place(one).stream()).distinct().toList();
        boolean plain = decision.caller().identity().isEmpty();
        return new Explanation(
                "there are ALLOW policies for the workload, and none matches",
                (best.isEmpty() ? "" : best.getFirst() + "; ") + "the caller is " + caller(decision),
                places,
                plain
                        ? "the caller has no identity, since its connection has no mutual TLS: give it a sidecar, or"
                                + " allow callers without `principals` and `namespaces`"
                        : "add the caller or the operation to a rule; `lateen can -v` shows each rule");
    }

    private static String caller(Decision decision) {
        Decision.Caller caller = decision.caller();
        return caller.identity().isEmpty() ? "nobody of the mesh (" + caller.address() + ")" : caller.identity();
    }

    private List<Place> place(String policy) {
        return Named.ofPolicy(policy).flatMap(origins::named).stream().toList();
    }

    /// A RequestAuthentication.
    Explanation token(Decision decision) {
        String note = decision.note("jwt");
        int at = note.indexOf("; issuers: ");
        String why = at < 0 ? decision.answer().details() : note.substring(0, at);
        List<Place> places = new ArrayList<>();
        for (String issuer : at < 0
                ? new String[0]
                : note.substring(at + "; issuers: ".length()).split(", ", -1)) {
            origins.ofIssuer(issuer, decision).ifPresent(places::add);
        }
        return new Explanation(
                "the token is refused: " + why,
                at < 0 ? "" : note.substring(at + 2),
                places,
                "get a fresh token of one of these issuers, for an audience that the rule names");
    }

    /// A CUSTOM policy.
    Explanation authorizer(Decision decision) {
        String said = decision.note("authorizer");
        boolean silent = decision.answer().details().contains("error");
        List<Place> places = place(decision.note("policy"));
        return new Explanation(
                silent ? "the external authorizer gave no answer" : "the external authorizer refused it",
                said,
                places,
                silent
                        ? "see to it that the provider answers in time; `failOpen` lets requests pass without it"
                        : "ask those who run the provider, or narrow the CUSTOM policy");
    }

    /// A RateLimit or Quota.
    Explanation limited(Decision decision) {
        List<String> limits = decision.notes("limit");
        List<Place> places = limits.stream()
                .flatMap(limit -> Named.ofLimit(limit).stream())
                .map(origins::named)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        boolean silent = decision.has("RLSE");
        return new Explanation(
                silent ? "the rate limit service gave no answer" : "a rate limit is reached",
                String.join("; ", limits),
                places,
                silent
                        ? "see to it that the service runs; `onServiceLoss: ALLOW` lets requests pass without it"
                        : "call less often, raise the limit, or give the caller a limit of its own");
    }

    /// TLS with the client.
    Explanation handshake(Decision decision) {
        return new Explanation(
                "the TLS handshake with the client failed",
                decision.caller().tlsFailure(),
                List.of(),
                "a client of the mesh needs a certificate of the mesh's authority, one from outside a server that asks"
                        + " for none");
    }
}
