package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What `defaultConfig`, and the settings of a gateway's own before it, say of traffic: whom it believes, and which
/// headers it adds. One gateway has the mesh's settings, one its own.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ProxyTrafficIT {
    private static final String MESH = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec:
              meshConfig:
                defaultConfig:
                  gatewayTopology: {numTrustedProxies: 1, forwardClientCertDetails: ALWAYS_FORWARD_ONLY}
                  connectionSettings: {profile: EDGE}
            ---
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: entry, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers:
              - {port: {number: %1$d, name: http, protocol: HTTP}, hosts: ["*"]}
              - {port: {number: %2$d, name: redis, protocol: REDIS}, hosts: ["*"]}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: shop, namespace: default}
            spec:
              hosts: ["*"]
              gateways: [entry]
              http: [{route: [{destination: {host: shop.svc.test}}], rewrite: {authority: other.test}}]
              tcp: [{match: [{port: %2$d}], route: [{destination: {host: shop.svc.test}}]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: shop, namespace: default}
            spec:
              hosts: [shop.svc.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [{address: 127.0.0.1, ports: {http: %3$d}}]
            """;
    private static final Map<String, ?> OFF = Map.of("disabled", true);
    private static final Map<String, ?> ON = Map.of("enabled", true);
    private static final Map<String, ?> OWN = Map.of(
            "gatewayTopology",
            Map.of("proxyProtocol", Map.of()),
            "proxyHeaders",
            Map.of(
                    "server", Map.of("value", "shop"),
                    "requestId", OFF,
                    "attemptCount", OFF,
                    "envoyDebugHeaders", OFF,
                    "xForwardedHost", ON,
                    "xForwardedPort", ON,
                    "preserveHttp1HeaderCase", true));
    private static final String REQUEST =
            "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nX-Forwarded-For: 192.0.2.1"
                    + "\r\nX-FORWARDED-Client-Cert: Hash=a\r\nX-Case: 1\r\n\r\n";
    private static final String PROXY_HEADER = "PROXY TCP4 192.0.2.7 127.0.0.1 5000 80\r\n";

    private static Upstream upstream;
    private static Entry ofMesh;
    private static Entry own;

    @Parameter
    DataPlane plane;

    /// A gateway of the mesh, and its ports.
    private record Entry(RunningProxy proxy, int http, int redis) {
        static Entry start(DataPlane plane, Map<String, ?> settings) throws IOException, InterruptedException {
            int http = Ports.free();
            int redis = Ports.free();
            String yaml = MESH.formatted(http, redis, upstream.port());
            return new Entry(
                    plane.start(
                            TranslatedGateway.bootstrap(yaml, plane.nodeMetadata(), List.of(http, redis), settings)),
                    http,
                    redis);
        }

        Reply ask(String request) throws IOException {
            return new HttpClient(http).send(request);
        }
    }

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        upstream = new Upstream((request, socket) ->
                HttpClient.write(socket, Upstream.response(200, request, "X-Answer: 1", "Server: theirs")));
        ofMesh = Entry.start(plane, Map.of());
        own = Entry.start(plane, OWN);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        ofMesh.proxy.close();
        own.proxy.close();
        upstream.close();
    }

    @Test
    void theMeshSaysWhomAGatewayBelieves() throws IOException {
        assertThat(lowerCase(ofMesh.ask(REQUEST).body()))
                .contains("x-envoy-external-address: 192.0.2.1\r\n")
                .contains("x-forwarded-client-cert: hash=a\r\n");
    }

    @Test
    void aGatewaysOwnWordGoesBeforeTheMeshs() throws IOException {
        assertThat(lowerCase(own.ask(PROXY_HEADER + REQUEST).body()))
                .contains("x-envoy-external-address: 192.0.2.7\r\n")
                .contains("x-forwarded-for: 192.0.2.1,192.0.2.7\r\n")
                .doesNotContain("x-forwarded-client-cert");
    }

    @Test
    void headersAreAddedWhereNothingIsSaid() throws IOException {
        Reply reply = ofMesh.ask(REQUEST);
        assertThat(reply.body())
                .contains("\r\nx-request-id: ", "\r\nx-envoy-attempt-count: 1\r\n", "\r\nx-case: 1\r\n")
                .contains("\r\nhost: other.test\r\n")
                .doesNotContain("x-forwarded-host", "x-forwarded-port");
        assertThat(reply.fields()).contains("server: istio-envoy", "x-answer: 1");
        assertThat(reply.field("x-envoy-upstream-service-time")).isNotEqualTo("-");
    }

    @Test
    void headersAreLeftOutOrAddedAsAGatewaysOwnSettingsSay() throws IOException {
        Reply reply = own.ask(PROXY_HEADER + REQUEST);
        assertThat(lowerCase(reply.body()))
                .contains("\r\nx-forwarded-host: a.test\r\n", "\r\nx-forwarded-port: ")
                .doesNotContain("x-request-id", "x-envoy-attempt-count");
        assertThat(reply.field("server")).isEqualTo("shop");
        assertThat(reply.field("x-envoy-upstream-service-time")).isEqualTo("-");
    }

    @Test
    void namesKeepTheirCaseBothWays() throws IOException {
        Reply reply = own.ask(PROXY_HEADER + REQUEST);
        assertThat(reply.body())
                .contains("\r\nHost: other.test\r\n", "\r\nX-Case: 1\r\n", "\r\nX-Forwarded-For: 192.0.2.1");
        assertThat(reply.fields()).contains("X-Answer: 1", "Server: shop");
    }

    @Test
    void aServerOfRedisPassesConnectionsOnAsTheyCome() throws IOException {
        assertThat(new HttpClient(ofMesh.redis).send(REQUEST).body()).isEqualTo(REQUEST);
    }

    @Test
    void theEdgeRefusesUnderscoresInNamesAndRedirectsEscapedSlashes() throws IOException {
        assertThat(ofMesh.ask(REQUEST.replace("X-Case", "x_case")).status()).isEqualTo(400);
        assertThat(ofMesh.ask(REQUEST.replace("GET /", "GET /a%2Fb")).status()).isEqualTo(307);
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
