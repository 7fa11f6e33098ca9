package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Questions about a shop in files: `web` calls `shop`, behind which v1 and v2 run.
class CanCommandTest {
    private static final String VIEWERS = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata:
              name: viewers
              namespace: default
            spec:
              selector: {matchLabels: {app: shop}}
              rules:
              - from: [{source: {principals: [cluster.local/ns/default/sa/web]}}]
                to: [{operation: {methods: [GET], paths: ["/api/users/*"]}}]
              - to: [{operation: {paths: ["/items/{*}/price"]}}]
                when: [{key: "request.auth.claims[realm][roles]", values: [buyer]}]
              - from: [{source: {ipBlocks: [203.0.113.0/24]}}]
            """;
    private static final String NO_ADMIN = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: no-admin, namespace: istio-system}
            spec:
              action: DENY
              rules:
              - to: [{operation: {paths: ["/api/users/admin*"]}}]
                when: [{key: "request.headers[x-break-glass]", notValues: ["yes"]}]
            """;

    @TempDir
    private Path directory = Path.of("");

    @BeforeEach
    void describeTheShop() throws IOException {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: v1
                kind: Service
                metadata: {name: shop, namespace: default}
                spec:
                  selector: {app: shop}
                  ports: [{name: http, port: 80, targetPort: 8080}, {name: tcp, port: 7000}]
                """);
        workload(yaml, "web", "web", "v1", "");
        workload(yaml, "shop-v1", "shop", "v1", "");
        workload(yaml, "shop-v2", "shop", "v2", "");
        workload(yaml, "old", "old", "v1", "sidecar.istio.io/inject: \"false\"");
        Files.writeString(directory.resolve("shop.yaml"), yaml);
    }

    private static void workload(StringBuilder yaml, String name, String app, String version, String annotation) {
        yaml.append("""
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s, namespace: default}
                spec:
                  template:
                    metadata: {labels: {app: %2$s, version: %3$s}, annotations: {%4$s}}
                    spec: {serviceAccountName: %2$s, containers: [{name: app, image: none}]}
                """.formatted(name, app, version, annotation));
    }

    @Test
    void namesTheRuleThatAllows() throws IOException {
        write("viewers.yaml", VIEWERS);
        CommandRun run = can("deploy/web", "GET", "shop/api/users/7");
        assertThat(run.out()).isEqualTo("""
                        allowed: GET shop.default.svc.cluster.local:80/api/users/7
                          as cluster.local/ns/default/sa/web
                          at shop-v1.default: allowed, AuthorizationPolicy viewers.default, rule 0 at viewers.yaml:9: the rule matches
                          at shop-v2.default: allowed, AuthorizationPolicy viewers.default, rule 0 at viewers.yaml:9: the rule matches
                        """);
        assertThat(run.status()).isZero();
    }

    @Test
    void namesThePolicyThatDoesNotAllowAndWhy() throws IOException {
        write("viewers.yaml", VIEWERS.replace("app: shop}}", "app: shop, version: v1}}"));
        CommandRun run = can("deploy/web", "GET", "shop/api/users", "-v");
        assertThat(run.out()).isEqualTo("""
                        denied by some workloads: GET shop.default.svc.cluster.local:80/api/users
                          as cluster.local/ns/default/sa/web
                          at shop-v1.default: denied (403), AuthorizationPolicy viewers.default at viewers.yaml:7: none of its rules matches, and what no ALLOW policy permits is refused
                            STAGE  POLICY  SOURCE  OUTCOME
                            mutual TLS  PERMISSIVE by default  -  the client's proxy sends mutual TLS, so the server knows the client
                            token  -  -  no token: none is demanded before policies are asked
                            ALLOW  AuthorizationPolicy viewers.default, rule 0  viewers.yaml:9  does not match: paths: '/api/users' is none of [/api/users/*]
                            ALLOW  AuthorizationPolicy viewers.default, rule 1  viewers.yaml:11  does not match: paths: '/api/users' is none of [/items/{*}/price]
                            ALLOW  AuthorizationPolicy viewers.default, rule 2  viewers.yaml:13  does not match: ipBlocks: an address that is not known is none of [203.0.113.0/24]
                          at shop-v2.default: allowed, no policy forbids it
                            STAGE  POLICY  SOURCE  OUTCOME
                            mutual TLS  PERMISSIVE by default  -  the client's proxy sends mutual TLS, so the server knows the client
                            token  -  -  no token: none is demanded before policies are asked
                        """);
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void letsARefusalWinOverAPermission() throws IOException {
        write("viewers.yaml", VIEWERS);
        write("admin.yaml", NO_ADMIN);
        CommandRun denied = can("deploy/web", "GET", "shop/api/users/admin");
        assertThat(denied.out())
                .startsWith("denied (403)")
                .contains("denied (403), AuthorizationPolicy no-admin.istio-system, rule 0 at admin.yaml:7: the rule");
        assertThat(denied.status()).isEqualTo(1);
        CommandRun allowed = can("deploy/web", "GET", "shop/api/users/admin", "--header", "X-Break-Glass=yes");
        assertThat(allowed.status()).isZero();
    }

    @Test
    void refusesPlaintextWhereMutualTlsIsDemanded() throws IOException {
        write("strict.yaml", """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default, namespace: istio-system}
                spec: {mtls: {mode: STRICT}}
                """);
        CommandRun run = can("deploy/old", "GET", "shop/");
        assertThat(run.out()).startsWith("""
                        denied (reset): GET shop.default.svc.cluster.local:80/
                          as old.default (no identity)
                          at shop-v1.default: denied (reset), PeerAuthentication default.istio-system at strict.yaml:4: the client has no proxy and sends plaintext, and the server takes mutual TLS only
                        """);
        assertThat(can("deploy/web", "GET", "shop/").status()).isZero();
    }

    @Test
    void blamesTheDestinationRuleThatTurnsMutualTlsOn() throws IOException {
        write("off.yaml", """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default, namespace: default}
                spec: {mtls: {mode: DISABLE}}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: on, namespace: default}
                spec: {host: shop, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
                """);
        assertThat(can("deploy/web", "GET", "shop/").out())
                .contains("denied (reset)")
                .contains("sends mutual TLS (DestinationRule: ISTIO_MUTUAL), and the server takes plaintext only");
    }

    @Test
    void doesNotKnowAClientWhoseRuleTurnsMutualTlsOff() throws IOException {
        write("viewers.yaml", VIEWERS);
        write("off.yaml", """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: off, namespace: default}
                spec: {host: shop, trafficPolicy: {tls: {mode: DISABLE}}}
                """);
        assertThat(can("deploy/web", "GET", "shop/api/users/7", "-v").out())
                .contains("denied (403)")
                .contains("principals: a client without identity is none of [cluster.local/ns/default/sa/web]");
    }

    @Test
    void countsClaimsOfATokenThatTheWorkloadAccepts() throws IOException {
        write("viewers.yaml", VIEWERS);
        write("tokens.yaml", """
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: tokens, namespace: default}
                spec: {jwtRules: [{issuer: "https://issuer", audiences: [shop], jwks: "{\\"keys\\": []}"}]}
                """);
        List<String> buyer = List.of("--claim", "realm[roles]=guest", "--claim", "realm[roles]=buyer");
        assertThat(withClaims(buyer, "iss=https://issuer", "aud=shop").status()).isZero();
        assertThat(withClaims(List.of(), "iss=https://issuer", "aud=shop").out())
                .startsWith("denied (403)");
        assertThat(withClaims(buyer, "iss=https://other", "aud=shop").out())
                .startsWith("denied (401)")
                .contains(
                        "RequestAuthentication tokens.default at tokens.yaml:4: refused: issuer 'https://other' is none");
        assertThat(withClaims(buyer, "iss=https://issuer", "aud=bank").out())
                .startsWith("denied (403)")
                .contains("audiences [bank] have none of [shop]");
    }

    private CommandRun withClaims(List<String> more, String... claims) {
        List<String> words = new ArrayList<>(List.of("-", "GET", "shop/items/5/price"));
        for (String claim : claims) {
            words.addAll(List.of("--claim", claim));
        }
        words.addAll(more);
        return can(words.toArray(String[]::new));
    }

    @Test
    void takesTheAddressThatIsGiven() throws IOException {
        write("viewers.yaml", VIEWERS);
        assertThat(can("-", "PUT", "shop/any", "--from-ip", "203.0.113.7").status())
                .isZero();
        assertThat(can("-", "PUT", "shop/any", "--from-ip", "198.51.100.7").status())
                .isEqualTo(1);
    }

    @Test
    void neverLetsARuleAboutRequestsAllowAConnection() throws IOException {
        write("viewers.yaml", VIEWERS);
        CommandRun run = can("deploy/web", "TCP", "shop:7000", "-v");
        assertThat(run.out())
                .startsWith("denied (reset): TCP shop.default.svc.cluster.local:7000\n")
                .contains("asks for what only requests have");
    }

    @Test
    void saysWhichServerHasToAgree() throws IOException {
        write("custom.yaml", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                    extensionProviders:
                    - name: judge
                      envoyExtAuthzHttp: {service: shop.default.svc.cluster.local, port: 80}
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: ask, namespace: default}
                spec: {action: CUSTOM, provider: {name: judge}, rules: [{to: [{operation: {paths: ["/private*"]}}]}]}
                """);
        assertThat(can("deploy/web", "GET", "shop/private/x").out())
                .contains(
                        "no policy forbids it, provided that 'judge' agrees (AuthorizationPolicy ask.default, rule 0)");
        assertThat(can("deploy/web", "GET", "shop/open").out()).doesNotContain("judge");
    }

    @Test
    void printsEverythingAsJson() throws IOException {
        write("viewers.yaml", VIEWERS);
        var tree = Json.read(
                can("deploy/web", "DELETE", "shop/api/users/7", "-o", "json").out());
        assertThat(tree.path("allowed").asBoolean(true)).isFalse();
        assertThat(tree.path("answers").path(0).path("status").asString("")).isEqualTo("403");
        assertThat(tree.path("answers")
                        .path(0)
                        .path("steps")
                        .path(2)
                        .path("outcome")
                        .asString(""))
                .isEqualTo("does not match: methods: 'DELETE' is none of [GET]");
    }

    @Test
    void saysWhatWasMeant() {
        CommandRun service = can("deploy/web", "GET", "shpo/");
        assertThat(service.status()).isEqualTo(2);
        assertThat(service.err()).contains("there is no service 'shpo': did you mean 'shop'?");
        CommandRun client = can("deploy/wbe", "GET", "shop/");
        assertThat(client.status()).isEqualTo(2);
        assertThat(client.err()).contains("there is no client 'deploy/wbe': did you mean 'web.default'?");
        assertThat(can("deploy/web", "GET", "shop:81/").err()).contains("has no port 81 (expected: one of [80, 7000])");
    }

    @Test
    void refusesToAnswerFromABrokenPolicy() throws IOException {
        write("viewers.yaml", VIEWERS.replace("methods", "metods"));
        CommandRun run = can("deploy/web", "GET", "shop/");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("viewers.yaml:10:").contains("did you mean 'methods'?");
    }

    private void write(String name, String yaml) throws IOException {
        Files.writeString(directory.resolve(name), yaml);
    }

    /// Paths of files as if the directory were the present one; columns two spaces apart, whatever its name.
    private CommandRun can(String... words) {
        List<String> line = new ArrayList<>(List.of("can", "-f", directory.toString()));
        line.addAll(List.of(words));
        CommandRun run = CommandRun.of(line.toArray(String[]::new));
        String here = directory + "/";
        return new CommandRun(
                run.status(),
                run.out().replace(here, "").replaceAll("(?<=\\S) {2,}", "  "),
                run.err().replace(here, ""));
    }
}
