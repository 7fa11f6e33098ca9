package dev.lateen.control.identity;

import dev.lateen.control.keys.KeyFetcher;
import dev.lateen.model.istio.RequestAuthentication.KeyAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Believes service account tokens that an OpenID issuer has signed, such as those of a Kubernetes cluster that we
/// cannot ask. Keys are fetched when a token names one that is not known, and again after a while; while the issuer
/// does not answer, the last good ones stay.
///
/// Limits: tokens of 16 KiB; one fetch in 10 s.
///
/// Thread: any; blocks while keys are fetched.
///
/// Source: RFC 7519, RFC 8725; OpenID Connect Discovery.
public final class IssuerTokens implements TokenAuthenticator {
    private static final Logger LOG = LoggerFactory.getLogger(IssuerTokens.class);
    private static final int MAX_LENGTH = 16 * 1024;
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(10);
    private static final Duration FRESH = Duration.ofMinutes(20);
    private static final JsonMapper JSON = new JsonMapper();

    private final Rule rule;
    private final String trustDomain;
    private final InstantSource clock;
    private final KeyFetcher fetcher;
    private TokenKeys keys = TokenKeys.NONE;
    private Instant fetched = Instant.EPOCH;
    private Instant tried = Instant.EPOCH;

    /// Whom to believe.
    ///
    /// @param issuer as tokens name it
    /// @param keysAt where its keys are; discovered from the issuer's address where absent
    /// @param audiences for one of which a token must be made
    public record Rule(String issuer, Optional<String> keysAt, List<String> audiences) {
        public Rule {
            audiences = List.copyOf(audiences);
            if (issuer.isEmpty() || audiences.isEmpty()) {
                throw new IllegalArgumentException("a rule for tokens needs an issuer and an audience");
            }
            String address = keysAt.orElse(issuer);
            boolean here = address.matches("http://(localhost|127\\.[0-9.]+|\\[::1])[:/].*");
            if (!here && !address.startsWith("https://")) {
                throw new IllegalArgumentException("keys of an issuer: '" + address
                        + "' (expected: an address of HTTPS, since whoever answers there can name anybody)");
            }
        }

        private KeyAddress address() {
            return new KeyAddress(keysAt.orElse(issuer), keysAt.isEmpty(), PATIENCE);
        }
    }

    public IssuerTokens(Rule rule, String trustDomain, InstantSource clock, KeyFetcher fetcher) {
        this.rule = rule;
        this.trustDomain = trustDomain;
        this.clock = clock;
        this.fetcher = fetcher;
    }

    /// The issuer that a token names, which proves nothing; empty where it names none.
    static String issuerOf(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || token.length() > MAX_LENGTH) {
            return "";
        }
        return json(parts[1]).path("iss").asString("");
    }

    String issuer() {
        return rule.issuer();
    }

    @Override
    public TokenVerdict authenticate(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || token.length() > MAX_LENGTH) {
            return new TokenVerdict.Unknown("token: no JWT, or longer than " + MAX_LENGTH + " characters");
        }
        JsonNode header = json(parts[0]);
        String algorithm = header.path("alg").asString("");
        if (!TokenKeys.ALGORITHMS.contains(algorithm) || header.has("crit")) {
            return new TokenVerdict.Unknown("token: signed by " + (algorithm.isEmpty() ? "nothing" : algorithm)
                    + " (expected: one of " + TokenKeys.ALGORITHMS + ")");
        }
        byte[] signature = decode(parts[2]);
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        String name = header.path("kid").asString("");
        if (!keysFor(algorithm, name).verify(algorithm, name, signed, signature)) {
            return new TokenVerdict.Unknown("token: the signature is not of issuer " + rule.issuer());
        }
        return claims(json(parts[1]));
    }

    private synchronized TokenKeys keysFor(String algorithm, String name) {
        Instant now = clock.instant();
        boolean stale = !keys.knows(algorithm, name) || fetched.plus(FRESH).isBefore(now);
        if (stale && !tried.plus(BETWEEN_FETCHES).isAfter(now)) {
            tried = now;
            try {
                keys = TokenKeys.parse(fetcher.fetch(rule.address()));
                fetched = now;
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("reason", e.getMessage()).log("an issuer's keys stay as they were");
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        return keys;
    }

    private TokenVerdict claims(JsonNode claims) {
        if (!claims.path("iss").asString("").equals(rule.issuer())) {
            return new TokenVerdict.Unknown("token: of another issuer");
        }
        if (!meant(claims.path("aud"))) {
            return new TokenVerdict.Unknown("token: made for another audience");
        }
        Instant now = clock.instant();
        Instant end = Instant.ofEpochSecond(claims.path("exp").asLong(0));
        if (now.isAfter(end.plus(SKEW))) {
            return new TokenVerdict.Unknown("token: expired at " + end);
        }
        Instant begin = Instant.ofEpochSecond(claims.path("nbf").asLong(0));
        if (now.isBefore(begin.minus(SKEW))) {
            return new TokenVerdict.Unknown("token: not valid before " + begin);
        }
        return ServiceAccounts.of(
                claims.path("sub").asString(""),
                trustDomain,
                claims.path("kubernetes.io").path("pod").path("name").asString(""));
    }

    private boolean meant(JsonNode audience) {
        if (audience.isString()) {
            return rule.audiences().contains(audience.asString());
        }
        for (JsonNode one : audience) {
            if (rule.audiences().contains(one.asString(""))) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode json(String part) {
        try {
            return JSON.readTree(decode(part));
        } catch (JacksonException _) {
            return JSON.createObjectNode();
        }
    }

    private static byte[] decode(String part) {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException _) {
            return new byte[0];
        }
    }
}
