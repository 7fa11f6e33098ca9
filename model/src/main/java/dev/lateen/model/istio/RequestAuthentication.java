package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which tokens of end users a workload accepts. Source: Istio `RequestAuthentication`.
public record RequestAuthentication(
        Origin origin, Metadata metadata, Selector selector, List<TargetRef> targetRefs, List<JwtRule> jwtRules) {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    public static Bound<RequestAuthentication> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new RequestAuthentication(
                        in.origin(),
                        resource.metadata(),
                        in.object("selector", Selector::matchLabels).orElse(Selector.ALL),
                        TargetRef.all(in),
                        in.objects("jwtRules", JwtRule::of)));
    }

    /// The policy with the keys that somebody has fetched; itself where none concern it.
    public RequestAuthentication withKeys(Map<KeyAddress, String> fetched) {
        boolean concerned = jwtRules.stream()
                .anyMatch(r -> r.keyAddress().filter(fetched::containsKey).isPresent());
        if (!concerned) {
            return this;
        }
        List<JwtRule> filled = jwtRules.stream()
                .map(r -> r.keyAddress().map(fetched::get).map(r::withKeys).orElse(r))
                .toList();
        return new RequestAuthentication(origin, metadata, selector, targetRefs, filled);
    }

    /// Where an issuer's keys are.
    ///
    /// @param discovered the address is the issuer, whose OpenID configuration tells where the keys are
    /// @param patience how long an answer may take
    public record KeyAddress(String uri, boolean discovered, Duration patience) {}

    /// @param jwks a key set as JSON; empty where it is to be fetched
    public record JwtRule(
            Origin origin,
            String issuer,
            List<String> audiences,
            String jwksUri,
            String jwks,
            From from,
            Output output,
            Optional<Duration> timeout) {
        static JwtRule of(Reader in) {
            return new JwtRule(
                    in.origin(),
                    in.text("issuer", ""),
                    in.texts("audiences"),
                    in.text("jwksUri", in.text("jwks_uri", "")),
                    in.text("jwks", ""),
                    new From(
                            in.objects("fromHeaders", h -> new Header(h.text("name", ""), h.text("prefix", ""))),
                            in.texts("fromParams"),
                            in.texts("fromCookies")),
                    new Output(
                            in.text("outputPayloadToHeader", ""),
                            in.flag("forwardOriginalToken"),
                            in.objects(
                                    "outputClaimToHeaders",
                                    c -> new ClaimHeader(c.text("header", ""), c.text("claim", ""))),
                            in.texts("spaceDelimitedClaims")),
                    in.duration("timeout"));
        }

        /// How long the issuer may take to answer.
        public Duration patience() {
            return timeout.filter(t -> t.isPositive()).orElse(PATIENCE);
        }

        /// Where its keys are fetched from; empty where the rule brings them.
        public Optional<KeyAddress> keyAddress() {
            if (!jwks.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    jwksUri.isEmpty()
                            ? new KeyAddress(issuer, true, patience())
                            : new KeyAddress(jwksUri, false, patience()));
        }

        /// The rule with keys that somebody has fetched.
        public JwtRule withKeys(String fetched) {
            return new JwtRule(origin, issuer, audiences, jwksUri, fetched, from, output, timeout);
        }
    }

    public record From(List<Header> headers, List<String> params, List<String> cookies) {}

    public record Header(String name, String prefix) {}

    public record Output(
            String payloadHeader, boolean forwardToken, List<ClaimHeader> claims, List<String> spaceDelimited) {}

    public record ClaimHeader(String header, String claim) {}
}
