package dev.lateen.proxy.jwt;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.HttpUri;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.route.RouteMatchDecoder;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RemoteJwks;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Decodes the JWT filter.
///
/// Thread: main.
public final class JwtDecoder {
    private static final Duration DEFAULT_VALIDITY = Duration.ofMinutes(10);
    private static final Duration DEFAULT_RETRY = Duration.ofSeconds(1);
    private static final long DEFAULT_SKEW_SECONDS = 60;

    private final Map<String, JwtProvider> providers = new LinkedHashMap<>();

    private JwtDecoder() {}

    public static JwtConfig decode(TypedConfig config, Place at) {
        return new JwtDecoder().read(config.unpack(JwtAuthentication.parser(), JwtFields.LIST, at), at);
    }

    /// The name of the requirement that a route asks for; empty where it asks for none.
    public static String route(TypedConfig config, Place at) {
        PerRouteConfig route = config.unpack(PerRouteConfig.parser(), JwtFields.LIST, at);
        return switch (route.getRequirementSpecifierCase()) {
            case DISABLED -> {
                at.field("disabled").require(route.getDisabled(), "value: false (expected: true)");
                yield "";
            }
            case REQUIREMENT_NAME -> {
                at.field("requirement_name").require(!route.getRequirementName().isEmpty(), "is empty");
                yield route.getRequirementName();
            }
            case REQUIREMENTSPECIFIER_NOT_SET -> throw at.refuse("is empty (expected: disabled or requirement_name)");
        };
    }

    private JwtConfig read(JwtAuthentication config, Place at) {
        new TreeMap<>(config.getProvidersMap())
                .forEach((name, provider) -> providers.put(
                        name, provider(name, provider, at.field("providers").key(name))));
        Map<String, JwtRequirement> named = new HashMap<>();
        config.getRequirementMapMap()
                .forEach((name, requirement) -> named.put(
                        name,
                        requirement(requirement, at.field("requirement_map").key(name))));
        List<JwtConfig.Rule> rules = new ArrayList<>();
        for (RequirementRule rule : config.getRulesList()) {
            rules.add(rule(rule, named, at.field("rules").index(rules.size())));
        }
        return new JwtConfig(
                List.copyOf(providers.values()),
                List.copyOf(rules),
                Map.copyOf(named),
                config.getBypassCorsPreflight(),
                config.getStripFailureResponse(),
                config.getStatPrefix());
    }

    private JwtConfig.Rule rule(RequirementRule rule, Map<String, JwtRequirement> named, Place at) {
        at.field("match").require(rule.hasMatch(), "is missing");
        Optional<JwtRequirement> requirement = switch (rule.getRequirementTypeCase()) {
            case REQUIRES ->
                rule.getRequires().getRequiresTypeCase().getNumber() == 0
                        ? Optional.empty()
                        : Optional.of(requirement(rule.getRequires(), at.field("requires")));
            case REQUIREMENT_NAME -> {
                JwtRequirement found = named.get(rule.getRequirementName());
                if (found == null) {
                    throw at.field("requirement_name")
                            .refuse("'" + rule.getRequirementName() + "' is not in requirement_map");
                }
                yield Optional.of(found);
            }
            case REQUIREMENTTYPE_NOT_SET -> Optional.empty();
        };
        return new JwtConfig.Rule(RouteMatchDecoder.decode(rule.getMatch(), at.field("match")), requirement);
    }

    // ---- What is required

    private JwtRequirement requirement(
            io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement requirement, Place at) {
        return switch (requirement.getRequiresTypeCase()) {
            case PROVIDER_NAME -> of(requirement.getProviderName(), List.of(), at.field("provider_name"));
            case PROVIDER_AND_AUDIENCES -> {
                var with = requirement.getProviderAndAudiences();
                Place place = at.field("provider_and_audiences");
                yield of(with.getProviderName(), with.getAudiencesList(), place.field("provider_name"));
            }
            case REQUIRES_ANY -> {
                Place place = at.field("requires_any").field("requirements");
                yield any(requirement.getRequiresAny().getRequirementsList(), place);
            }
            case REQUIRES_ALL -> {
                Place place = at.field("requires_all").field("requirements");
                yield new JwtRequirement.AllOf(list(requirement.getRequiresAll().getRequirementsList(), place));
            }
            case ALLOW_MISSING -> new JwtRequirement.Optionally(List.copyOf(providers.values()), false);
            case ALLOW_MISSING_OR_FAILED -> new JwtRequirement.Optionally(List.copyOf(providers.values()), true);
            default -> throw at.refuse("is empty or of a kind that is not supported by this proxy yet");
        };
    }

    private JwtRequirement.Of of(String name, List<String> audiences, Place at) {
        JwtProvider provider = providers.get(name);
        if (provider == null) {
            throw at.refuse("'" + name + "' is not in providers");
        }
        return new JwtRequirement.Of(provider, audiences(audiences));
    }

    private static List<String> audiences(List<String> audiences) {
        return audiences.stream().map(TokenParser::audience).toList();
    }

    private List<JwtRequirement> list(
            List<io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement> list, Place at) {
        at.require(list.size() >= 2, "expected: at least two");
        List<JwtRequirement> all = new ArrayList<>();
        for (var each : list) {
            all.add(requirement(each, at.index(all.size())));
        }
        return List.copyOf(all);
    }

    /// What lets requests without a token pass stands last, and looks where the others of the list look.
    private JwtRequirement any(
            List<io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement> list, Place at) {
        List<JwtRequirement> tokens = new ArrayList<>();
        boolean missing = false;
        boolean failed = false;
        for (JwtRequirement each : list(list, at)) {
            if (each instanceof JwtRequirement.Optionally optional) {
                missing = true;
                failed |= optional.failedToo();
            } else {
                tokens.add(each);
            }
        }
        if (missing) {
            List<JwtProvider> named = new ArrayList<>();
            tokens.forEach(each -> addProviders(each, named));
            tokens.add(new JwtRequirement.Optionally(
                    named.isEmpty() ? List.copyOf(providers.values()) : List.copyOf(named), failed));
        }
        return new JwtRequirement.AnyOf(List.copyOf(tokens));
    }

    private static void addProviders(JwtRequirement requirement, List<JwtProvider> into) {
        switch (requirement) {
            case JwtRequirement.Of(JwtProvider provider, var _) -> into.add(provider);
            case JwtRequirement.AnyOf(var list) -> list.forEach(each -> addProviders(each, into));
            case JwtRequirement.AllOf(var list) -> list.forEach(each -> addProviders(each, into));
            case JwtRequirement.Optionally(var providers, var _) -> into.addAll(providers);
        }
    }

    // ---- Providers

    private static JwtProvider provider(
            String name, io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider provider, Place at) {
        List<JwtProvider.ClaimHeader> claims = new ArrayList<>();
        for (var claim : provider.getClaimToHeadersList()) {
            claims.add(new JwtProvider.ClaimHeader(
                    lower(claim.getHeaderName()), List.of(claim.getClaimName().split("\\.", -1))));
        }
        return new JwtProvider(
                name,
                provider.getIssuer(),
                audiences(provider.getAudiencesList()),
                provider.getClockSkewSeconds() == 0
                        ? DEFAULT_SKEW_SECONDS
                        : Integer.toUnsignedLong(provider.getClockSkewSeconds()),
                locations(provider, at),
                new JwtProvider.Output(
                        provider.getForward(),
                        lower(provider.getForwardPayloadHeader()),
                        provider.getPadForwardPayloadHeader(),
                        provider.getPayloadInMetadata(),
                        provider.getHeaderInMetadata(),
                        List.copyOf(claims),
                        List.copyOf(provider.getNormalizePayloadInMetadata().getSpaceDelimitedClaimsList()),
                        provider.getClearRouteCache()),
                keys(provider, at));
    }

    private static String lower(String header) {
        return header.toLowerCase(Locale.ROOT);
    }

    private static List<TokenLocation> locations(
            io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider provider, Place at) {
        List<TokenLocation> locations = new ArrayList<>();
        for (var header : provider.getFromHeadersList()) {
            at.field("from_headers").require(!header.getName().isEmpty(), "has no name");
            locations.add(new TokenLocation.Field(lower(header.getName()), header.getValuePrefix()));
        }
        provider.getFromParamsList().forEach(name -> locations.add(new TokenLocation.Parameter(name)));
        provider.getFromCookiesList().forEach(name -> locations.add(new TokenLocation.Cookie(name)));
        return locations.isEmpty() ? List.of(TokenLocation.BEARER, TokenLocation.ACCESS_TOKEN) : List.copyOf(locations);
    }

    private static JwtProvider.Keys keys(
            io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider provider, Place at) {
        return switch (provider.getJwksSourceSpecifierCase()) {
            case LOCAL_JWKS -> {
                byte[] bytes = CommonDecoder.data(provider.getLocalJwks(), at.field("local_jwks"));
                KeySet keys = KeySetParser.parse(new String(bytes, StandardCharsets.UTF_8));
                if (keys == null || keys.keys().isEmpty()) {
                    throw at.field("local_jwks")
                            .refuse(
                                    "holds no key that could be used (expected: a JWK set with RSA keys of at least 2048"
                                            + " bits, P-256, P-384, P-521 or Ed25519 keys)");
                }
                yield new JwtProvider.LocalKeys(keys);
            }
            case REMOTE_JWKS -> fetched(provider.getRemoteJwks(), at.field("remote_jwks"));
            default -> throw at.refuse("has no keys (expected: local_jwks or remote_jwks)");
        };
    }

    private static JwtProvider.FetchedKeys fetched(RemoteJwks remote, Place at) {
        at.field("http_uri").require(remote.hasHttpUri(), "is missing");
        HttpUri uri = CommonDecoder.httpUri(remote.getHttpUri(), at.field("http_uri"));
        Duration validity = remote.hasCacheDuration()
                ? CommonDecoder.duration(remote.getCacheDuration(), at.field("cache_duration"))
                : DEFAULT_VALIDITY;
        Place async = at.field("async_fetch").field("failed_refetch_duration");
        Duration retry = remote.getAsyncFetch().hasFailedRefetchDuration()
                ? CommonDecoder.duration(remote.getAsyncFetch().getFailedRefetchDuration(), async)
                : DEFAULT_RETRY;
        int retries = remote.hasRetryPolicy()
                ? remote.getRetryPolicy().hasNumRetries()
                        ? remote.getRetryPolicy().getNumRetries().getValue()
                        : 1
                : 0;
        at.field("retry_policy").field("num_retries").require(retries >= 0 && retries <= 10, "expected: 0 to 10");
        return new JwtProvider.FetchedKeys(uri, validity, remote.hasAsyncFetch(), retry, retries);
    }
}
