package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Destinations that are looked up when a request or a handshake names them: what `resolution: DYNAMIC_DNS` of a
/// ServiceEntry with a wildcard becomes.
@ParameterizedClass
@EnumSource(DataPlane.class)
class DynamicNamesIT {
    private static final String RULES = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: entry, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers: [{port: {number: %d, name: http, protocol: HTTP}, hosts: ["*"]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: wild, namespace: default}
            spec:
              hosts: ["*.names.test"]
              location: MESH_EXTERNAL
              resolution: DYNAMIC_DNS
              ports: [{number: 80, name: http, protocol: HTTP}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: wild, namespace: default}
            spec:
              hosts: ["*.names.test"]
              gateways: [entry]
              http: [{route: [{destination: {host: "*.names.test", port: {number: 80}}}]}]
            """;
    private static final String DYNAMIC = "envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig";
    private static final String ROUTE = "{match: {prefix: /}, route: {cluster: %s}}";

    private static NameServer names;
    private static Upstream one;
    private static Upstream two;
    private static Certificates certificates;
    private static RunningProxy proxy;
    private static RunningProxy translated;
    private static int translatedPort;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        names = new NameServer();
        // Connections that stay open stay where they are, on Envoy.
        one = new Upstream((_, socket) -> HttpClient.write(socket, Upstream.response(200, "one", "connection: close")));
        two = Upstream.saying("two");
        certificates = Certificates.create();
        for (String name : List.of("one", "two", "many", "secret", "first", "second", "moving")) {
            names.put(name + ".names.test", "127.0.0.1");
        }
        names.put("nobody.names.test", "127.0.0.9");
        Bootstrap bootstrap = new Bootstrap();
        int tls = bootstrap.ports().of("server");
        proxy = plane.start(bootstrap
                .rawCluster(cluster("wide", 100))
                .rawCluster(cluster("narrow", 2))
                .rawCluster(cluster("brief", 1))
                .http("brief", "", filter("brief", 1), ROUTE.formatted("brief"))
                .http("wide", "", filter("wide", 100), ROUTE.formatted("wide"))
                .http("narrow", "", filter("narrow", 2), ROUTE.formatted("narrow"))
                .listener("server", """
                        filter_chains: [{filters: [%s], transport_socket: {name: envoy.transport_sockets.tls, typed_config: {
                          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext,
                          common_tls_context: {tls_certificates: [%s]}}}}]""".formatted(
                                Bootstrap.manager(
                                        "server",
                                        "",
                                        "",
                                        "{name: a, domains: [\"*\"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}"),
                                certificates.pair("server")))
                .listener("handshakes", """
                        listener_filters: [{name: envoy.filters.listener.tls_inspector, typed_config: {
                          "@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}],
                        filter_chains: [{filters: [{name: sni, typed_config: {
                          "@type": type.googleapis.com/envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig,
                          port_value: %d, dns_cache_config: %s}}, %s]}]""".formatted(tls, cache("wide", 100), Bootstrap.tcp("cluster: wide"))));
        translatedPort = Ports.free();
        translated = plane.start(TranslatedGateway.bootstrap(
                RULES.formatted(translatedPort),
                plane.nodeMetadata(),
                List.of(translatedPort),
                text -> text.replace("_dfp_dns_cache\"", "_dfp_dns_cache\", " + resolver())));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        proxy.close();
        translated.close();
        one.close();
        two.close();
        names.close();
    }

    private static String resolver() {
        return """
                "typed_dns_resolver_config": {"name": "envoy.network.dns_resolver.cares", "typed_config": {
                  "@type": "type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig",
                  "resolvers": [{"socket_address": {"address": "127.0.0.1", "port_value": %d}}]}}""".formatted(names.port());
    }

    private static String cache(String name, int most) {
        return "{name: %s, dns_lookup_family: V4_ONLY, max_hosts: %d, dns_min_refresh_rate: 1s, host_ttl: %s, %s}"
                .formatted(name, most, name.equals("brief") ? "1s" : "300s", resolver());
    }

    private static String cluster(String name, int most) {
        return """
                {name: %s, connect_timeout: 1s, lb_policy: CLUSTER_PROVIDED, cluster_type: {
                  name: envoy.clusters.dynamic_forward_proxy, typed_config: {
                    "@type": type.googleapis.com/%s, dns_cache_config: %s}}}""".formatted(name, DYNAMIC, cache(name, most));
    }

    private static String filter(String name, int most) {
        return """
                {name: envoy.filters.http.dynamic_forward_proxy, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig,
                  dns_cache_config: %s}},""".formatted(cache(name, most));
    }

    private static Reply get(String listener, String path, String name, int port) throws IOException {
        return proxy.client(listener).get(path, "host: " + name + ".names.test:" + port);
    }

    @Test
    void goesWhereTheRequestSays() throws Exception {
        assertThat(get("wide", "/", "one", one.port()).body()).isEqualTo("one");
        assertThat(get("wide", "/", "two", two.port()).body()).isEqualTo("two");
        assertThat(get("wide", "/", "one", two.port()).body()).isEqualTo("two");
        assertThat(get("wide", "/", "ONE", one.port()).body()).isEqualTo("one");
    }

    @Test
    void takesAddressesAsTheyAre() throws Exception {
        assertThat(proxy.client("wide")
                        .get("/", "host: 127.0.0.1:" + one.port())
                        .body())
                .isEqualTo("one");
    }

    @Test
    void asksOnceForManyRequests() throws Exception {
        for (int request = 0; request < 20; request++) {
            assertThat(get("wide", "/", "many", one.port()).status()).isEqualTo(200);
        }
        // Its answers are good for a second.
        assertThat(names.asked("many.names.test")).isBetween(1L, 5L);
    }

    @Test
    void refusesWhatDoesNotExist() throws Exception {
        Reply reply = get("wide", "/?absent", "absent", one.port());
        assertThat(reply.status()).isEqualTo(503);
        LogLine line = proxy.logged("?absent");
        assertThat(line.flags()).isEqualTo("DF");
        assertThat(line.details()).startsWith("dns_resolution_failure");
    }

    @Test
    void refusesMoreNamesThanItMayKeep() throws Exception {
        assertThat(get("narrow", "/", "first", one.port()).status()).isEqualTo(200);
        assertThat(get("narrow", "/", "second", one.port()).status()).isEqualTo(200);
        assertThat(get("narrow", "/?third", "one", one.port()).status()).isEqualTo(503);
        assertThat(proxy.logged("?third").details()).isEqualTo("dns_cache_overflow");
        assertThat(get("narrow", "/", "first", one.port()).status()).isEqualTo(200);
    }

    @Test
    void forgetsNamesThatNobodyAsksFor() throws Exception {
        assertThat(get("brief", "/", "first", one.port()).status()).isEqualTo(200);
        await().until(() -> get("brief", "/", "second", one.port()).status() == 200);
    }

    @Test
    void followsAnAddressThatChanges() throws Exception {
        assertThat(get("wide", "/", "moving", one.port()).status()).isEqualTo(200);
        names.put("moving.names.test", "127.0.0.9");
        await().until(() -> get("wide", "/", "moving", one.port()).status() == 503);
        names.put("moving.names.test", "127.0.0.1");
        await().until(() -> get("wide", "/", "moving", one.port()).status() == 200);
    }

    @Test
    void goesWhereTheHandshakeSays() throws Exception {
        try (SSLSocket socket = handshake("secret.names.test")) {
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            assertThat(shown.getSubjectX500Principal().getName()).isEqualTo("CN=server");
        }
    }

    @Test
    void endsHandshakesWithANameThatDoesNotExist() throws Exception {
        try (SSLSocket socket = handshake("none.names.test")) {
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
    }

    private static SSLSocket handshake(String name) throws Exception {
        SSLSocket socket = (SSLSocket) certificates
                .stranger()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), proxy.port("handshakes"));
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        socket.setSSLParameters(parameters);
        return socket;
    }

    /// From a ServiceEntry's text to the traffic.
    @Test
    void servesAWildcardOfAServiceEntry() throws Exception {
        HttpClient client = new HttpClient(translatedPort);
        assertThat(client.get("/", "host: one.names.test:" + one.port()).body()).isEqualTo("one");
        assertThat(client.get("/", "host: two.names.test:" + two.port()).body()).isEqualTo("two");
        assertThat(client.get("/", "host: absent.names.test:" + one.port()).status())
                .isEqualTo(503);
    }
}
