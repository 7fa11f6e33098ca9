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
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;

/// Checks tokens of end users: a bad token is refused, a missing one passes, for policies to decide about.
final class JwtFilters {
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
        List<JwtRequirement> each = new ArrayList<>();
        JwtRequirement missing = JwtRequirement.newBuilder()
                .setAllowMissing(Empty.getDefaultInstance())
                .build();
        for (int i = 0; i < rules.size(); i++) {
            String name = "origins-" + i;
            config.putProviders(name, provider(rules.get(i)));
            each.add(any(
                    List.of(JwtRequirement.newBuilder().setProviderName(name).build(), missing)));
        }
        config.addRules(RequirementRule.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRequires(each.size() == 1 ? each.getFirst() : oneOf(each, missing)));
        return List.of(HttpFilter.newBuilder()
                .setName("envoy.filters.http.jwt_authn")
                .setTypedConfig(Protos.any(config.build()))
                .build());
    }

    private static JwtRequirement any(List<JwtRequirement> of) {
        return JwtRequirement.newBuilder()
                .setRequiresAny(JwtRequirementOrList.newBuilder().addAllRequirements(of))
                .build();
    }

    /// Several rules: one that accepts the token is enough, and so is no token at all.
    private static JwtRequirement oneOf(List<JwtRequirement> each, JwtRequirement missing) {
        List<JwtRequirement> providers = new ArrayList<>();
        for (JwtRequirement one : each) {
            providers.add(one.getRequiresAny().getRequirements(0));
        }
        return any(append(providers, missing));
    }

    private static List<JwtRequirement> append(List<JwtRequirement> list, JwtRequirement last) {
        List<JwtRequirement> all = new ArrayList<>(list);
        all.add(last);
        return all;
    }

    private static JwtProvider provider(JwtRule rule) {
        JwtProvider.Builder provider = JwtProvider.newBuilder()
                .setIssuer(rule.issuer())
                .addAllAudiences(rule.audiences())
                .setForward(rule.output().forwardToken())
                .setForwardPayloadHeader(rule.output().payloadHeader())
                .setPayloadInMetadata("payload")
                .setLocalJwks(DataSource.newBuilder().setInlineString(KeySets.usable(rule.jwks())))
                .addAllFromParams(rule.from().params())
                .addAllFromCookies(rule.from().cookies());
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
}
