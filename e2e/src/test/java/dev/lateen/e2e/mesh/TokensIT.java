package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.e2e.behaviour.TokenIssuer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens of end users in a whole mesh: the control plane fetches the issuer's keys, and policies and routes
/// follow what the tokens say.
@ParameterizedClass
@ValueSource(strings = {"lateen", "envoy"})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class TokensIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String CLAIMS =
            "\"iss\":\"https://auth.example.com\",\"aud\":\"user-service\",\"sub\":\"ann\"";

    private static final String JWT_AUTH = "RequestAuthentication default/jwt-auth";
    private static final String ISSUER = "issuer: \"https://auth.example.com\"";

    private static RunningMesh mesh;
    private static HttpServer server;
    private static TokenIssuer issuer;
    private static volatile TokenIssuer published;

    @Parameter
    String proxy;

    @BeforeParameterizedClassInvocation
    static void start(String proxy) throws Exception {
        RunningMesh.assumeRuns("explicit", proxy);
        issuer = TokenIssuer.create("first");
        published = issuer;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/jwks.json", exchange -> {
            try (exchange) {
                byte[] keys = published.keys().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, keys.length);
                exchange.getResponseBody().write(keys);
            }
        });
        server.start();
        Path directory = Files.createTempDirectory("tokens");
        mesh = RunningMesh.of(
                Map.of("LATEEN_JWKS_REFRESH", "PT1S"),
                directory,
                manifests(),
                "--capture",
                "explicit",
                "--proxy",
                proxy);
        await().atMost(SOON).until(() -> fetch(token("")).startsWith("200 user-service"));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (mesh != null) {
            mesh.close();
            mesh = null;
        }
        if (server != null) {
            server.stop(0);
        }
    }

    private static String manifests() {
        String keys = "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks.json";
        return RunningMesh.peer("user-service", "", "")
                + RunningMesh.peer("order-service", "", "")
                + RunningMesh.gateway("user-service", "order-service")
                + """
                apiVersion: security.istio.io/v1beta1
                kind: AuthorizationPolicy
                metadata: {name: user-service-policy, namespace: default}
                spec:
                  selector: {matchLabels: {app: user-service}}
                  action: ALLOW
                  rules:
                  - from: [{source: {principals: ["cluster.local/ns/default/sa/order-service"]}}]
                    to: [{operation: {methods: ["GET", "POST"], paths: ["/api/users/*"]}}]
                ---
                apiVersion: security.istio.io/v1beta1
                kind: RequestAuthentication
                metadata: {name: jwt-auth, namespace: default}
                spec:
                  selector: {matchLabels: {app: user-service}}
                  jwtRules:
                  - issuer: "https://auth.example.com"
                    jwksUri: "%1$s"
                    audiences: ["user-service"]
                    outputClaimToHeaders: [{header: x-user, claim: sub}]
                  - issuer: "https://other.example.com"
                    jwksUri: "%1$s"
                    fromHeaders: [{name: x-other}]
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: admins, namespace: default}
                spec:
                  selector: {matchLabels: {app: user-service}}
                  action: DENY
                  rules:
                  - to: [{operation: {paths: ["/api/users/secret"]}}]
                    when: [{key: "request.auth.claims[scope]", notValues: [admin]}]
                ---
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: at-the-edge, namespace: istio-system}
                spec:
                  selector: {matchLabels: {istio: ingressgateway}}
                  jwtRules:
                  - issuer: "https://auth.example.com"
                    jwksUri: "%1$s"
                    fromHeaders: [{name: x-token, prefix: "Bearer "}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: claims, namespace: default}
                spec:
                  hosts: [claims.test]
                  gateways: [entry]
                  http:
                  - match: [{headers: {"@request.auth.claims.group": {exact: beta}}}]
                    route: [{destination: {host: order-service, port: {number: 80}}}]
                  - match: [{withoutHeaders: {"@request.auth.claims.sub": {regex: "*"}}}]
                    directResponse: {status: 401, body: {string: "who are you"}}
                  - directResponse: {status: 404, body: {string: "not for you"}}
                """.formatted(keys);
    }

    private static String token(String more) throws Exception {
        return issuer.token(CLAIMS + ",\"exp\":" + in(600) + more);
    }

    private static long in(long seconds) {
        return System.currentTimeMillis() / 1000 + seconds;
    }

    /// What user-service answers to order-service, which passes on the token of its caller.
    private static String fetch(String token) {
        return fetch("/api/users/1", token);
    }

    private static String fetch(String path, String token) {
        return mesh.ask("order-service", "/fetch", "http://user-service" + path, "authorization", "Bearer " + token);
    }

    @Test
    void passesWithAGoodTokenAndTellsTheUser() throws Exception {
        assertThat(fetch(token(""))).startsWith("200 user-service").contains("user=ann");
    }

    @Test
    void passesWithoutAToken() {
        assertThat(mesh.ask("order-service", "/fetch", "http://user-service/api/users/1"))
                .startsWith("200 user-service")
                .contains("user=null");
    }

    @Test
    void refusesABadToken() throws Exception {
        assertThat(fetch("nonsense")).startsWith("401 ");
        assertThat(fetch(token("") + "x")).startsWith("401 ");
        assertThat(fetch(TokenIssuer.create("first").token(CLAIMS))).startsWith("401 ");
        mesh.explains(401, "/api/users/1", JWT_AUTH, ISSUER);
    }

    @Test
    void refusesAnExpiredToken() throws Exception {
        assertThat(fetch(issuer.token(CLAIMS + ",\"exp\":" + in(-600)))).startsWith("401 ");
        mesh.explains(401, "/api/users/1", JWT_AUTH, ISSUER);
    }

    @Test
    void refusesATokenForAnotherAudience() throws Exception {
        assertThat(fetch(issuer.token(CLAIMS.replace("user-service", "shop")))).startsWith("403 ");
        mesh.explains(403, "/api/users/1", JWT_AUTH, ISSUER);
    }

    @Test
    void refusesWhomThePolicyDoesNotAllow() throws Exception {
        assertThat(mesh.ask("user-service", "/api/users/1", "", "authorization", "Bearer " + token("")))
                .startsWith("403");
        mesh.explains(403, "/api/users/1", "AuthorizationPolicy default/user-service-policy", "order-service");
        assertThat(fetch("/other", token(""))).startsWith("403 ");
        mesh.explains(403, "/other", "AuthorizationPolicy default/user-service-policy", "order-service");
    }

    @Test
    void policiesSeeClaimsAndTheirWords() throws Exception {
        assertThat(fetch("/api/users/secret", token(""))).startsWith("403 ");
        mesh.explains(403, "/api/users/secret", "AuthorizationPolicy default/admins", "/api/users/secret");
        assertThat(fetch("/api/users/secret", token(",\"scope\":\"read admin\"")))
                .startsWith("200 user-service");
    }

    @Test
    void routesAtTheGatewayFollowClaims() throws Exception {
        assertThat(route("x-token", "Bearer " + token(",\"group\":\"beta\""))).startsWith("order-service");
        assertThat(route("x-token", "Bearer " + token(",\"group\":[\"alpha\",\"beta\"]")))
                .startsWith("order-service");
        assertThat(route("x-token", "Bearer " + token(",\"group\":\"alpha\""))).isEqualTo("404: not for you");
        mesh.explains(404, "/", "VirtualService default/claims", "not for you");
        assertThat(route("x-other", "none")).isEqualTo("401: who are you");
        mesh.explains(401, "/", "VirtualService default/claims", "who are you");
        assertThat(route("x-token", "Bearer nonsense")).startsWith("401: Jwt");
        mesh.explains(401, "/", "RequestAuthentication istio-system/at-the-edge", ISSUER);
    }

    private static String route(String... fields) {
        return mesh.ask("claims", "/", "", fields);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void followsAnIssuerThatReplacesItsKeys() throws Exception {
        TokenIssuer next = TokenIssuer.create("second");
        String before = token("");
        published = next;
        await().atMost(SOON).until(() -> fetch(next.token(CLAIMS)).startsWith("200 user-service"));
        assertThat(fetch(before)).startsWith("401 ");
        mesh.explains(401, "/api/users/1", JWT_AUTH, ISSUER);
    }
}
