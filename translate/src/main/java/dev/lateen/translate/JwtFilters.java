package dev.lateen.translate;

import com.google.protobuf.Empty;
import dev.lateen.model.istio.RequestAuthentication;
import dev.lateen.model.istio.RequestAuthentication.ClaimHeader;
import dev.lateen.model.istio.RequestAuthentication.Header;
import dev.lateen.model.istio.RequestAuthentication.JwtRule;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.NormalizePayload;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementAndList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Checks tokens of end users: a bad token is refused, a missing one passes, for policies to decide about.
final class JwtFilters {
    /// Claims that hold words with spaces between.
    private static final List<String> WORDS = List.of("permission", "scope");

    private JwtFilters() {}

    static List<HttpFilter> of(Scene scene) {
        List<JwtRule> rules = new ArrayList<>();
        for (RequestAuthentication policy : scene.snapshot().security().requestAuthentications()) {
            if (Attachment.applies(scene, policy.metadata().namespace(), policy.selector(), policy.targetRefs())) {
                rules.addAll(policy.jwtRules());
            }
        }
        if (rules.isEmpty()) {
            return List.of();
        }
        JwtAuthentication.Builder config = JwtAuthentication.newBuilder().setBypassCorsPreflight(true);
        List<JwtRequirement> providers = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            String name = "origins-" + i;
            config.putProviders(name, provider(scene, rules.get(i)));
            providers.add(JwtRequirement.newBuilder().setProviderName(name).build());
        }
        config.addRules(RequirementRule.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRequires(requirement(providers)));
        return List.of(HttpFilter.newBuilder()
                .setName("envoy.filters.http.jwt_authn")
                .setTypedConfig(Protos.any(config.build()))
                .build());
    }

    /// One rule that accepts the token is enough. Else each rule must find its token or none at the places where it
    /// looks.
    private static JwtRequirement requirement(List<JwtRequirement> providers) {
        List<JwtRequirement> each = new ArrayList<>();
        JwtRequirement missing = JwtRequirement.newBuilder()
                .setAllowMissing(Empty.getDefaultInstance())
                .build();
        for (JwtRequirement provider : providers) {
            each.add(any(List.of(provider, missing)));
        }
        if (each.size() == 1) {
            return each.getFirst();
        }
        List<JwtRequirement> all = new ArrayList<>(providers);
        all.add(JwtRequirement.newBuilder()
                .setRequiresAll(JwtRequirementAndList.newBuilder().addAllRequirements(each))
                .build());
        return any(all);
    }

    private static JwtRequirement any(List<JwtRequirement> of) {
        return JwtRequirement.newBuilder()
                .setRequiresAny(JwtRequirementOrList.newBuilder().addAllRequirements(of))
                .build();
    }

    private static JwtProvider provider(Scene scene, JwtRule rule) {
        JwtProvider.Builder provider = JwtProvider.newBuilder()
                .setIssuer(rule.issuer())
                .addAllAudiences(rule.audiences())
                .setForward(rule.output().forwardToken())
                .setForwardPayloadHeader(rule.output().payloadHeader())
                .setPayloadInMetadata("payload")
                .setNormalizePayloadInMetadata(NormalizePayload.newBuilder().addAllSpaceDelimitedClaims(words(rule)))
                // Routes by claims are there at gateways only.
                .setClearRouteCache(scene.isRouter())
                .addAllFromParams(rule.from().params())
                .addAllFromCookies(rule.from().cookies());
        RemoteKeySets.of(scene, rule)
                .ifPresentOrElse(
                        provider::setRemoteJwks,
                        () -> provider.setLocalJwks(
                                DataSource.newBuilder().setInlineString(KeySets.usable(rule.jwks()))));
        for (Header header : rule.from().headers()) {
            provider.addFromHeaders(
                    JwtHeader.newBuilder().setName(header.name()).setValuePrefix(header.prefix()));
        }
        for (ClaimHeader claim : rule.output().claims()) {
            provider.addClaimToHeaders(
                    JwtClaimToHeader.newBuilder().setHeaderName(claim.header()).setClaimName(claim.claim()));
        }
        return provider.build();
    }

    private static SortedSet<String> words(JwtRule rule) {
        SortedSet<String> words = new TreeSet<>(WORDS);
        words.addAll(rule.output().spaceDelimited());
        return words;
    }
}
