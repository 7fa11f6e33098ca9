package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens of end users.
@ParameterizedClass
@EnumSource(DataPlane.class)
class JwtIT {
    private static final String A = "\"iss\":\"a.test\",\"sub\":\"me\"";
    private static RunningProxy proxy;
    private static Upstream echo;
    private static Upstream keys;
    private static Upstream noKeys;
    private static volatile TokenIssuer published;
    private static TokenIssuer issuer;
    private static TokenIssuer stranger;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        issuer = TokenIssuer.create("one");
        stranger = TokenIssuer.create("one");
        published = issuer;
        keys = new Upstream((_, socket) -> HttpClient.write(socket, Upstream.response(200, published.keys())));
        noKeys = new Upstream((_, socket) -> HttpClient.write(socket, Upstream.response(500, "no")));
        proxy = plane.start(JwtBootstrap.create(issuer, echo.port(), keys.port(), noKeys.port()));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
        keys.close();
        noKeys.close();
    }

    private static String bearer(String token) {
        return "authorization: Bearer " + token;
    }

    private static long in(long seconds) {
        return System.currentTimeMillis() / 1000 + seconds;
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS512", "PS256", "ES256", "EdDSA"})
    void takesGoodTokens(String algorithm) throws Exception {
        String token = issuer.token(algorithm, A + ",\"exp\":" + in(600));
        for (int i = 0; i < 2; i++) {
            Reply reply = proxy.client("required").get("/", bearer(token));
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            assertThat(reply.body()).doesNotContain("authorization");
        }
    }

    @Test
    void asksForAToken() throws Exception {
        Reply reply = proxy.client("required").get("/p?missing");
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.body()).isEqualTo("Jwt is missing");
        assertThat(reply.field("www-authenticate")).isEqualTo("Bearer realm=\"http://a.test/p?missing\"");
        LogLine line = proxy.logged("/p?missing");
        assertThat(line.details()).isEqualTo("jwt_authn_access_denied{Jwt_is_missing}");
        assertThat(line.flags()).isEqualTo("-");
        assertThat(proxy.client("istio").get("/").status()).isEqualTo(200);
        assertThat(proxy.client("tolerant").get("/").status()).isEqualTo(200);
    }

    private void refuses(String token, int status, String text) throws Exception {
        for (String listener : new String[] {"required", "istio"}) {
            Reply reply = proxy.client(listener).get("/", bearer(token));
            assertThat(reply.body()).as(listener).isEqualTo(text);
            assertThat(reply.status()).as(listener).isEqualTo(status);
            assertThat(reply.field("www-authenticate")).endsWith("/\", error=\"invalid_token\"");
        }
        assertThat(proxy.client("tolerant").get("/", bearer(token)).status()).isEqualTo(200);
    }

    @Test
    void refusesTokensOfOtherTimes() throws Exception {
        refuses(issuer.token(A + ",\"exp\":" + in(-90)), 401, "Jwt is expired");
        refuses(issuer.token(A + ",\"nbf\":" + in(90)), 401, "Jwt not yet valid");
    }

    @Test
    void allowsForClocksThatDiffer() throws Exception {
        String late = issuer.token(A + ",\"exp\":" + in(-30));
        assertThat(proxy.client("required").get("/", bearer(late)).status()).isEqualTo(200);
        String early = issuer.token(A + ",\"nbf\":" + in(30));
        assertThat(proxy.client("required").get("/", bearer(early)).status()).isEqualTo(200);
    }

    @Test
    void refusesTokensOfOthers() throws Exception {
        refuses(issuer.token("\"iss\":\"c.test\""), 401, "Jwt issuer is not configured");
        refuses(stranger.token(A), 401, "Jwt verification fails");
        refuses(TokenIssuer.create("two").token(A), 401, "Jwks doesn't have key to match kid or alg from Jwt");
    }

    @Test
    void refusesWhatIsNoToken() throws Exception {
        String good = issuer.token(A);
        String head = TokenIssuer.encode("{\"alg\":\"RS256\"}");
        String body = TokenIssuer.encode("{" + A + "}");
        refuses("a.b", 401, "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections");
        refuses("a.b.c", 401, "Jwt header is an invalid Base64url encoded");
        refuses(TokenIssuer.encode("{") + "." + body + ".AAAA", 401, "Jwt header is an invalid JSON");
        refuses(
                TokenIssuer.encode("{}") + "." + body + ".AAAA",
                401,
                "Jwt header [alg] field is required and must be a string");
        refuses(
                TokenIssuer.encode("{\"alg\":\"none\"}") + "." + body + ".AAAA",
                401,
                "Jwt header [alg] is not supported");
        refuses(
                TokenIssuer.encode("{\"alg\":\"RS256\",\"kid\":1}") + "." + body + ".AAAA",
                401,
                "Jwt header [kid] field is not a string");
        refuses(head + "." + TokenIssuer.encode("x") + ".AAAA", 401, "Jwt payload is an invalid JSON");
        refuses(
                head + "." + TokenIssuer.encode("{\"iss\":1}") + ".AAAA",
                401,
                "Jwt payload [iss] field is not a string");
        refuses(
                head + "." + TokenIssuer.encode("{\"exp\":\"1\"}") + ".AAAA",
                401,
                "Jwt payload [exp] field is not an integer");
        refuses(
                head + "." + TokenIssuer.encode("{\"aud\":1}") + ".AAAA",
                401,
                "Jwt payload [aud] field is not a string or string list");
        refuses(head + "." + body + ".A", 401, "Jwt signature is an invalid Base64url encoded");
        refuses(good.substring(0, good.length() - 8) + "AAAAAAAA", 401, "Jwt verification fails");
        refuses(
                good.substring(0, good.lastIndexOf('.') + 1),
                401,
                "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections");
    }

    @Test
    void refusesKeysOfAnotherKind() throws Exception {
        String mixed = issuer.sign("{\"alg\":\"RS256\",\"kid\":\"one-ed\"}", "{" + A + "}", "RS256");
        assertThat(proxy.client("required").get("/", bearer(mixed)).status()).isEqualTo(401);
        String confused = issuer.sign("{\"alg\":\"HS256\",\"kid\":\"one\"}", "{" + A + "}", "RS256");
        assertThat(proxy.client("required").get("/", bearer(confused)).status()).isEqualTo(401);
    }

    @Test
    void looksWhereEachIssuerPutsItsTokens() throws Exception {
        String token = issuer.token("\"iss\":\"b.test\",\"aud\":[\"w\",\"ya\"]");
        assertThat(proxy.client("two").get("/", "x-b: b:" + token).status()).isEqualTo(200);
        assertThat(proxy.client("two").get("/?z=1&tb=" + token).status()).isEqualTo(200);
        assertThat(proxy.client("two").get("/", "cookie: d=1; cb=" + token).status())
                .isEqualTo(200);
        assertThat(proxy.client("two").get("/", bearer(token)).body()).isEqualTo("Jwt issuer is not configured");
        assertThat(proxy.client("two").get("/?access_token=" + issuer.token(A)).status())
                .isEqualTo(200);
        assertThat(proxy.client("two").get("/?tb=x").status()).isEqualTo(401);
    }

    @Test
    void refusesTokensForOtherAudiences() throws Exception {
        Reply reply = proxy.client("two").get("/", "x-b: b:" + issuer.token("\"iss\":\"b.test\",\"aud\":\"z\""));
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body()).isEqualTo("Audiences in Jwt are not allowed");
    }

    @Test
    void wantsEveryTokenToBeGood() throws Exception {
        String good = issuer.token(A);
        assertThat(proxy.client("required")
                        .get("/?access_token=" + stranger.token(A), bearer(good))
                        .status())
                .isEqualTo(401);
        String other = issuer.token("\"iss\":\"b.test\"");
        assertThat(proxy.client("both").get("/", bearer(good)).body()).isEqualTo("Jwt is missing");
        assertThat(proxy.client("both").get("/", bearer(good), "x-b: " + other).status())
                .isEqualTo(200);
    }

    @Test
    void tellsTheUpstreamWhatATokenSays() throws Exception {
        String claims = A + ",\"a\":{\"b\":\"deep\"},\"num\":42,\"flag\":true,\"list\":[\"x\",\"y\"]";
        String head = proxy.client("output")
                .get("/", bearer(issuer.token(claims)), "x-sub: forged", "x-payload: forged")
                .body();
        assertThat(head)
                .contains("authorization: Bearer ", "x-sub: me", "x-deep: deep", "x-number: 42", "x-flag: true");
        assertThat(head).contains("x-payload: " + TokenIssuer.encode("{" + claims + "}") + "\r\n");
        String list = Base64.getEncoder().encodeToString("[\"x\",\"y\"]".getBytes(StandardCharsets.UTF_8));
        assertThat(head).contains("x-list: " + list).doesNotContain("forged");
        assertThat(proxy.client("output")
                        .get("/", "x-sub: forged", "x-payload: forged")
                        .body())
                .doesNotContain("forged");
    }

    @Test
    void padsThePayloadWhereAsked() throws Exception {
        String claims = A + ",\"x\":12";
        String encoded = Base64.getUrlEncoder().encodeToString(("{" + claims + "}").getBytes(StandardCharsets.UTF_8));
        assertThat(encoded).endsWith("=");
        assertThat(proxy.client("padded").get("/", bearer(issuer.token(claims))).body())
                .contains("x-payload: " + encoded + "\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/principal | \"x\":1 | 200",
                "/audience | \"aud\":\"x\" | 200",
                "/audience | \"aud\":[\"w\",\"x\"] | 200",
                "/audience | \"aud\":[\"w\"] | 403",
                "/scope | \"scope\":\"read write\" | 200",
                "/scope | \"scope\":\"read\" | 403",
                "/deep | \"a\":{\"b\":\"deep\"} | 200",
                "/deep | \"a\":\"deep\" | 403",
            })
    void tellsPoliciesWhatATokenSays(String path, String claims, int status) throws Exception {
        assertThat(proxy.client("roles")
                        .get(path, bearer(issuer.token(A + "," + claims)))
                        .status())
                .isEqualTo(status);
        assertThat(proxy.client("roles").get(path).status()).isEqualTo(403);
    }

    @Test
    void routesByClaims() throws Exception {
        assertThat(proxy.client("routed").get("/", bearer(issuer.token(A))).status())
                .isEqualTo(299);
        // Envoy keeps the route that the client's own header chose.
        assertThat(proxy.client("routed").get("/", "x-sub: me").status())
                .isEqualTo(plane == DataPlane.LATEEN ? 200 : 299);
        assertThat(proxy.client("routed")
                        .get("/", bearer(issuer.token("\"iss\":\"a.test\",\"sub\":\"you\"")))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"/, 200", "/rule, 401", "/named, 401", "/rule/off, 200", "/strict, 401", "/wrong, 403"})
    void asksAsRulesAndRoutesSay(String path, int status) throws Exception {
        assertThat(proxy.client("per-route").get(path).status()).isEqualTo(status);
        int withToken = path.equals("/wrong") ? 403 : 200;
        assertThat(proxy.client("per-route").get(path, bearer(issuer.token(A))).status())
                .isEqualTo(withToken);
    }

    @Test
    void letsPreflightsPass() throws Exception {
        assertThat(proxy.client("per-route")
                        .call("OPTIONS", "/rule", "origin: http://o.test", "access-control-request-method: GET")
                        .status())
                .isEqualTo(200);
        assertThat(proxy.client("per-route")
                        .call("OPTIONS", "/rule", "origin: http://o.test")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void fetchesKeys() throws Exception {
        long before = keys.count("/keys?x");
        for (int i = 0; i < 3; i++) {
            Reply reply = proxy.client("remote").get("/", bearer(issuer.token(A)));
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        }
        assertThat(keys.count("/keys?x") - before).isLessThanOrEqualTo(1);
        assertThat(proxy.client("remote").get("/", bearer(stranger.token(A))).status())
                .isEqualTo(401);
    }

    @Test
    void refusesTokensWhileKeysCannotBeFetched() throws Exception {
        Reply reply = proxy.client("failing").get("/", bearer(issuer.token(A)));
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.body()).isEqualTo("Jwks remote fetch is failed");
    }

    @Test
    void refusesConfigurationWithoutKeys() throws Exception {
        Bootstrap broken = new Bootstrap()
                .http(
                        "a",
                        "",
                        JwtBootstrap.jwt(
                                "a: {issuer: a.test, local_jwks: {inline_string: '{\"keys\": []}'}}",
                                JwtBootstrap.REQUIRED),
                        JwtBootstrap.ROUTE);
        try (RunningProxy refused = plane.launch(broken)) {
            assertThat(refused.awaitExit()).isNotZero();
            assertThat(refused.output()).contains("local");
        }
    }

    @Test
    void keepsReasonsToItselfWhereAsked() throws Exception {
        Reply reply = proxy.client("terse").get("/?terse");
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.body()).isEmpty();
        assertThat(reply.field("www-authenticate")).isEqualTo("-");
        assertThat(proxy.logged("?terse").details()).isEqualTo("jwt_authn_access_denied{Jwt_is_missing}");
    }
}
