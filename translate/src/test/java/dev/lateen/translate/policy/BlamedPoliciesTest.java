package dev.lateen.translate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.resource.ResourceKey;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlamedPoliciesTest {
    private static final List<ResourceKey> CARRIED = List.of(
            new ResourceKey("security.istio.io", "AuthorizationPolicy", "shop", "a"),
            new ResourceKey("security.istio.io", "AuthorizationPolicy", "shop", "a-too"),
            new ResourceKey("security.istio.io", "RequestAuthentication", "shop", "tokens"),
            new ResourceKey("policy.lateen.dev", "AccessList", "shop", "banned"),
            new ResourceKey("policy.lateen.dev", "RateLimit", "shop", "each"),
            new ResourceKey("policy.lateen.dev", "RateLimit", "shop", "each-user"));

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
                    listener 'virtualInbound': rules.policies['ns[shop]-policy[a]-rule[0]'].principals: empty; a
                    …policies['ns[shop]-access-list[banned]']: …; banned
                    http_filters[2](envoy.filters.http.rbac).typed_config: …; a, a-too, banned
                    Proto constraint validation failed (RBACValidationError.Rules: …); a, a-too, banned
                    Provider 'origins-0' in jwt_authn config has invalid local jwks: Jwks RSA [n] …; tokens
                    http_filters[1](envoy.filters.http.ext_authz).typed_config.grpc_service: …; a, a-too
                    http_filters[4](envoy.filters.http.local_ratelimit).stat_prefix: RateLimit.shop.each.0; each
                    http_filters[4](envoy.filters.http.local_ratelimit).stat_prefix: RateLimit.shop.each-user.0; each-user
                    virtual_hosts[0].routes[1].route.rate_limits[0].actions[0]: value: RateLimit/shop/each-user/1; each-user
                    route 'inbound|80||': virtual_hosts[0].rate_limits[0]: …; each, each-user
                    listener 'virtualInbound': filter_chains: is empty; ""
                    """)
    void findsWhomARefusalIsAbout(String reason, String names) {
        assertThat(BlamedPolicies.of(CARRIED, reason).stream()
                        .map(ResourceKey::name)
                        .sorted()
                        .toList())
                .isEqualTo(names.isEmpty() ? List.of() : List.of(names.split(", ")));
    }
}
