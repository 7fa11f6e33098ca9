package dev.lateen.model.access;

import dev.lateen.model.access.AccessReport.Step;
import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.PeerAuthentication;
import dev.lateen.model.istio.PeerAuthentication.Mode;
import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.PeerPolicies;
import dev.lateen.model.mesh.PeerPolicies.Decision;
import java.util.Optional;

/// How a client and one endpoint meet: with mutual TLS, without, or not at all.
///
/// @param mutual whether the server learns who asks
/// @param problem why no connection comes about; empty where one does
/// @param at of what forbids it
record MutualTls(boolean mutual, Optional<String> problem, String by, String at, Step step) {
    private static final String STAGE = "mutual TLS";

    /// @param rule what holds for the client's traffic to the service
    static MutualTls of(
            MeshSnapshot snapshot,
            AccessClient client,
            Endpoint endpoint,
            Optional<DestinationRule> rule,
            Optional<ClientTls> tls) {
        Decision server = PeerPolicies.decide(
                snapshot.security().peerAuthentications(),
                snapshot.mesh().identity().rootNamespace(),
                endpoint.owner().namespace(),
                endpoint.labels(),
                endpoint.port());
        boolean automatic =
                snapshot.mesh().enableAutoMtls() && endpoint.takesMutualTls() && server.mode() != Mode.DISABLE;
        String demanded = tls.map(ClientTls::mode).orElse("");
        boolean sends = client.proxied() && (demanded.isEmpty() ? automatic : demanded.equals("ISTIO_MUTUAL"));
        String what = sentAs(client, demanded, sends);
        Optional<String> problem = problem(endpoint, server, sends, demanded);
        boolean rulesFault = problem.isPresent()
                && !demanded.isEmpty()
                && client.proxied()
                && server.by().isEmpty();
        Origin origin = rulesFault
                ? rule.map(DestinationRule::origin).orElse(Origin.NONE)
                : server.by().map(PeerAuthentication::origin).orElse(Origin.NONE);
        String outcome = what
                + problem.map(text -> ", and " + text)
                        .orElse(sends ? ", so the server knows the client" : ", so the server does not know who asks");
        return new MutualTls(
                sends && endpoint.takesMutualTls(),
                problem,
                named(origin),
                Places.of(origin),
                new Step(STAGE, described(endpoint, server), outcome, Places.of(origin)));
    }

    private static Optional<String> problem(Endpoint endpoint, Decision server, boolean sends, String demanded) {
        boolean ownTls = demanded.equals("SIMPLE") || demanded.equals("MUTUAL");
        if (!endpoint.takesMutualTls()) {
            return sends ? Optional.of("there is no proxy to take it") : Optional.empty();
        }
        return switch (server.mode()) {
            case STRICT -> sends ? Optional.empty() : Optional.of("the server takes mutual TLS only");
            case DISABLE -> sends || ownTls ? Optional.of("the server takes plaintext only") : Optional.empty();
            case PERMISSIVE, UNSET -> Optional.empty();
        };
    }

    private static String sentAs(AccessClient client, String demanded, boolean sends) {
        if (!client.proxied()) {
            return "the client has no proxy and sends plaintext";
        }
        if (demanded.isEmpty()) {
            return sends ? "the client's proxy sends mutual TLS" : "the client's proxy sends plaintext";
        }
        return "the client's proxy sends "
                + switch (demanded) {
                    case "ISTIO_MUTUAL" -> "mutual TLS";
                    case "DISABLE" -> "plaintext";
                    default -> "TLS of its own";
                }
                + " (DestinationRule: " + demanded + ")";
    }

    private static String described(Endpoint endpoint, Decision server) {
        if (!endpoint.takesMutualTls()) {
            return "no proxy at the server";
        }
        return server.mode()
                + server.by()
                        .map(policy ->
                                " by PeerAuthentication " + policy.metadata().name() + "."
                                        + policy.metadata().namespace())
                        .orElse(" by default");
    }

    private static String named(Origin origin) {
        return origin.resource().kind() + " " + origin.resource().name() + "."
                + origin.resource().namespace();
    }
}
