package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Which tokens of end users a workload accepts. Source: Istio `RequestAuthentication`.
public record RequestAuthentication(
        Origin origin, Metadata metadata, Selector selector, List<TargetRef> targetRefs, List<JwtRule> jwtRules) {

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
            in.notYet("spaceDelimitedClaims");
            if (in.text("jwks", "").isEmpty()) {
                in.notYet("jwksUri", "jwks_uri");
            }
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
                                    c -> new ClaimHeader(c.text("header", ""), c.text("claim", "")))),
                    in.duration("timeout"));
        }
    }

    public record From(List<Header> headers, List<String> params, List<String> cookies) {}

    public record Header(String name, String prefix) {}

    public record Output(String payloadHeader, boolean forwardToken, List<ClaimHeader> claims) {}

    public record ClaimHeader(String header, String claim) {}
}
