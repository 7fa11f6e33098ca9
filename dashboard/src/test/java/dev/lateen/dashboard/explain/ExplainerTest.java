package dev.lateen.dashboard.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.dashboard.explain.Decision.Answer;
import dev.lateen.dashboard.explain.Decision.Asked;
import dev.lateen.dashboard.explain.Decision.Caller;
import dev.lateen.dashboard.explain.Decision.Cluster;
import dev.lateen.dashboard.explain.Decision.Config;
import dev.lateen.dashboard.explain.Decision.Made;
import dev.lateen.dashboard.explain.Decision.Near;
import dev.lateen.dashboard.explain.Decision.Note;
import dev.lateen.dashboard.explain.Decision.Route;
import dev.lateen.dashboard.explain.Decision.Upstream;
import dev.lateen.dashboard.explain.Explanation.Place;
import dev.lateen.model.resource.ResourceKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ExplainerTest {
    private static final Made ROUTE = new Made(
            "/apis/networking.istio.io/v1/namespaces/shop/virtual-service/reviews",
            "shop.yaml",
            12,
            "spec.http[0]",
            "");
    private static final Made RULE =
            new Made("/apis/networking.istio.io/v1/namespaces/shop/destination-rule/reviews", "shop.yaml", 40, "", "");

    /// Has every field that it is asked for, on a line that tells which it was.
    private static final Places ALL = new Places() {
        @Override
        public Optional<Place> find(ResourceKey resource, List<String> fields) {
            return Optional.of(new Place(resource.toString(), fields.getFirst(), "shop.yaml:1"));
        }

        @Override
        public Optional<Place> ofIssuer(String issuer, String namespace) {
            return Optional.of(new Place("RequestAuthentication shop/" + issuer, "spec.jwtRules[0]", "shop.yaml:2"));
        }

        @Override
        public Optional<Place> ofStrict(String host) {
            return Optional.of(new Place("PeerAuthentication shop/strict", "spec.mtls.mode", "shop.yaml:3"));
        }

        @Override
        public Optional<Place> ofIngress(String file, int line) {
            return Optional.of(new Place("Ingress shop/edge", "", file + ":" + line));
        }
    };

    private static Decision patched(Decision plain, Made rule) {
        Config config = plain.config();
        return new Decision(
                plain.proxy(),
                plain.asked(),
                plain.answer(),
                plain.caller(),
                new Config(
                        config.listener(),
                        config.filterChain(),
                        config.route(),
                        new Cluster(config.cluster().name(), rule, List.of(patch("breaker"))),
                        List.of(patch("limit"))),
                plain.upstream(),
                plain.notes(),
                plain.nearly());
    }

    private static Made patch(String name) {
        return new Made(
                "/apis/networking.istio.io/v1/namespaces/shop/envoy-filter/" + name,
                "shop.yaml",
                9,
                "spec.configPatches[0]",
                "");
    }

    private static Decision decision(int status, String flags, String details, Near near, Note... notes) {
        return new Decision(
                "reviews-1.shop",
                new Asked("id", 0, "outbound", "HTTP/1.1", "GET", "reviews", "/x"),
                new Answer(status, flags.isEmpty() ? Set.of() : Set.of(flags.split(",")), details, 1500),
                new Caller("10.0.0.9:4711", "", "", false, ""),
                new Config(
                        "0.0.0.0_80",
                        "",
                        new Route("80", "reviews:80", "main", ROUTE),
                        new Cluster("outbound|80|v2|reviews.shop.svc.cluster.local", RULE, List.of()),
                        List.of()),
                new Upstream("10.0.0.1:80", "", false, 1, 500_000, 0, "", List.of()),
                List.of(notes),
                near.wants().isEmpty() ? List.of() : List.of(near));
    }

    private static Decision decision(int status, String flags, String details, Note... notes) {
        return decision(status, flags, details, new Near("", "", "", Made.UNKNOWN), notes);
    }

    private static Explanation explain(Decision decision) {
        return new Explainer(ALL).explain(decision);
    }

    private static List<String> resources(Decision decision) {
        return explain(decision).at().stream().map(Place::resource).toList();
    }

    @Test
    void namesThePatchOfWhatNoOtherResourceExplains() {
        assertThat(resources(patched(decision(429, "RL", "local_rate_limited"), RULE)))
                .containsExactly("EnvoyFilter shop/limit");
    }

    @Test
    void namesThePatchOfAClusterBeforeItsService() {
        Decision full = decision(503, "UO", "upstream_reset_before_response_started{overflow}");
        assertThat(resources(patched(full, Made.UNKNOWN)))
                .containsExactly("EnvoyFilter shop/breaker", "Service shop/reviews");
        assertThat(resources(patched(full, RULE))).containsExactly("DestinationRule shop/reviews");
    }

    @Test
    void namesWhatHasTheServerTakeMutualTlsAlone() {
        Explanation told =
                explain(decision(503, "UC", "upstream_reset_before_response_started{connection_termination}"));
        assertThat(told.cause()).isEqualTo("10.0.0.1:80 takes mutual TLS alone, and the connection had none");
        assertThat(told.at().getFirst().resource()).isEqualTo("PeerAuthentication shop/strict");
    }

    @Test
    void tellsOfASecretThatTheProxyLacks() {
        Decision plain = decision(503, "UF", "upstream_reset_before_response_started{remote_connection_failure}");
        Explanation told = explain(new Decision(
                plain.proxy(),
                plain.asked(),
                plain.answer(),
                plain.caller(),
                plain.config(),
                new Upstream(
                        "10.0.0.1:80", "", false, 1, 500_000, 0, "TLS_error:Secret_is_not_supplied_by_SDS", List.of()),
                plain.notes(),
                plain.nearly()));
        assertThat(told.cause()).isEqualTo("the proxy has no key or no authority for TLS with 10.0.0.1:80");
        assertThat(told.change()).contains("credentialName");
    }

    @Test
    void namesNoPatchOfAnAnswerThatCameFromUpstream() {
        assertThat(resources(patched(decision(500, "", "via_upstream"), RULE))).isEmpty();
    }

    @Test
    void namesTheRouteThatWasNearlyTaken() {
        Explanation told = explain(
                decision(404, "NR", "route_not_found", new Near("reviews:80", "canary", "header x-canary yes", ROUTE)));
        assertThat(told.because()).contains("route canary, which wants header x-canary yes");
        assertThat(told.at().getFirst().resource()).isEqualTo("VirtualService shop/reviews");
    }

    @Test
    void namesTheIngressThatARouteWasMadeFrom() {
        Made route = new Made(
                "/apis/networking.istio.io/v1/namespaces/shop/virtual-service/"
                        + "shop-test-edge-istio-autogenerated-k8s-ingress",
                "edge.yaml",
                12,
                "spec.rules[0].http.paths[0]",
                "");
        Explanation told =
                explain(decision(404, "NR", "route_not_found", new Near("shop.test:80", "", "path /a", route)));
        assertThat(told.at())
                .containsExactly(new Place("Ingress shop/edge", "spec.rules[0].http.paths[0]", "edge.yaml:12"));
    }

    @Test
    void leadsFromEjectedHostsToOutlierDetection() {
        Explanation told = explain(decision(
                503,
                "UH",
                "no_healthy_upstream",
                new Note("hosts", "2 hosts, 0 healthy, 2 ejected: 10.0.0.1:80 ejected")));
        assertThat(told.because()).contains("2 ejected");
        assertThat(told.at().getFirst())
                .isEqualTo(new Place(
                        "DestinationRule shop/reviews",
                        "spec.subsets[name=v2].trafficPolicy.portLevelSettings[port.number=80].outlierDetection",
                        "shop.yaml:1"));
    }

    @Test
    void leadsFromAnEmptyClusterToTheSubsetAndTheService() {
        Explanation told =
                explain(decision(503, "UH", "no_healthy_upstream", new Note("hosts", "0 hosts, 0 healthy, 0 ejected")));
        assertThat(told.at())
                .extracting(Place::resource)
                .containsExactly("DestinationRule shop/reviews", "Service shop/reviews");
    }

    @Test
    void saysWhereToLookForHostsThatEnvoyTellsNothingOf() {
        Explanation told = explain(decision(503, "UH", "no_healthy_upstream"));
        assertThat(told.because()).isEmpty();
        assertThat(told.change()).contains("lateen proxy-config endpoints").doesNotContain("failed too often");
    }

    @Test
    void namesTheLimitOfTheCircuitThatIsFull() {
        Explanation told = explain(decision(
                503,
                "UO",
                "upstream_reset_before_response_started{overflow}",
                new Note(
                        "circuit",
                        "connections 3 of 1024, pending requests 1 of 1, requests 3 of 1024, retries 0 of 3")));
        assertThat(told.at().getFirst().field()).endsWith("connectionPool.http.http1MaxPendingRequests");
    }

    @Test
    void leadsFromATimeoutToTheRoutesTimeout() {
        Explanation told = explain(decision(504, "UT", "response_timeout"));
        assertThat(told.cause()).contains("within 500 ms");
        assertThat(told.at().getFirst().field()).isEqualTo("spec.http[0].timeout");
    }

    @Test
    void prefersTheAllowRuleWhoseOperationMatches() {
        Explanation told = explain(decision(
                403,
                "",
                "rbac_access_denied_matched_policy[none]",
                new Note(
                        "nearlyAllowed",
                        "ns[shop]-policy[far]-rule[0]: the operation does not match, the caller does not match"),
                new Note(
                        "nearlyAllowed",
                        "ns[shop]-policy[near]-rule[3]: the operation matches, the caller does not match")));
        assertThat(told.at().getFirst())
                .isEqualTo(new Place("AuthorizationPolicy shop/near", "spec.rules[3]", "shop.yaml:1"));
        assertThat(told.change()).contains("no identity");
    }

    @Test
    void readsNamesOfLimitsWithSlashesAndWithDots() {
        assertThat(explain(decision(
                                429, "RL", "request_rate_limited", new Note("limit", "RateLimit/shop/each-user/1: 2")))
                        .at())
                .containsExactly(new Place("RateLimit shop/each-user", "spec.rules[1].limit", "shop.yaml:1"));
        assertThat(explain(decision(
                                429, "RL", "local_rate_limited", new Note("limit", "RateLimit.shop.a.b.0: 2 per 3 s")))
                        .at())
                .containsExactly(new Place("RateLimit shop/a.b", "spec.rules[0].limit", "shop.yaml:1"));
    }

    @Test
    void findsTheRuleOfATokensIssuer() {
        Explanation told = explain(decision(
                401,
                "",
                "jwt_authn_access_denied{Jwt_is_expired}",
                new Note("jwt", "Jwt is expired; issuers: one, other")));
        assertThat(told.cause()).contains("Jwt is expired");
        assertThat(told.at())
                .extracting(Place::resource)
                .containsExactly("RequestAuthentication shop/one", "RequestAuthentication shop/other");
    }

    @Test
    void knowsTheLineOfTheProxysOwnMetadataWithoutAControlPlane() {
        Explanation told = new Explainer(Places.NONE).explain(decision(418, "FI", "fault_filter_abort"));
        assertThat(told.at()).containsExactly(new Place("VirtualService shop/reviews", "spec.http[0]", "shop.yaml:12"));
    }
}
