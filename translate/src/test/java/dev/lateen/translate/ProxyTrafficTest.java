package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.HeadersWithUnderscoresAction;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What `defaultConfig`, and a proxy's own settings before it, say of traffic.
class ProxyTrafficTest {
    private static final String MESH = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec: {meshConfig: {defaultConfig: {%s}}}
            ---
            """;
    private static final String RESOURCES = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: default}
            spec:
              selector: {app: web}
              servers: [{port: {number: 8080, name: http, protocol: HTTP}, hosts: ["*"]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: shop, namespace: default}
            spec:
              hosts: [shop.test]
              gateways: [edge, mesh]
              http: [{route: [{destination: {host: shop.test}}], rewrite: {authority: other.test}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: shop, namespace: default}
            spec: {hosts: [shop.test], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}
            """;

    private static Translated router(String mesh, Map<String, ?> own) {
        return new Translated(MESH.formatted(mesh) + RESOURCES, "router", "default", Map.of("PROXY_CONFIG", own));
    }

    private static Translated sidecar(String mesh, Map<String, ?> own) {
        return new Translated(MESH.formatted(mesh) + RESOURCES, "sidecar", "default", Map.of("PROXY_CONFIG", own));
    }

    private static HttpConnectionManager edge(Translated mesh) throws InvalidProtocolBufferException {
        return managers(mesh.listener("0.0.0.0_8080")).getFirst();
    }

    private static HttpConnectionManager inbound(Translated mesh) throws InvalidProtocolBufferException {
        return managers(mesh.listener("virtualInbound")).getFirst();
    }

    private static HttpConnectionManager outbound(Translated mesh) throws InvalidProtocolBufferException {
        return managers(mesh.listener("0.0.0.0_80")).getFirst();
    }

    private static List<HttpConnectionManager> managers(Listener listener) {
        return listener.getFilterChainsList().stream()
                .map(FilterChain::getFiltersList)
                .flatMap(List::stream)
                .map(Filter::getTypedConfig)
                .filter(any -> any.is(HttpConnectionManager.class))
                .map(any -> {
                    try {
                        return any.unpack(HttpConnectionManager.class);
                    } catch (InvalidProtocolBufferException impossible) {
                        throw new AssertionError(impossible);
                    }
                })
                .toList();
    }

    private static VirtualHost shop(Translated mesh, String routes) throws InvalidProtocolBufferException {
        return mesh.routes(routes).getVirtualHostsList().stream()
                .filter(host -> host.getDomainsList().contains("shop.test"))
                .findFirst()
                .orElseThrow();
    }

    private static HttpProtocolOptions upstream(Translated mesh) throws InvalidProtocolBufferException {
        Cluster cluster = mesh.cluster("outbound|80||shop.test");
        return cluster.getTypedExtensionProtocolOptionsOrThrow("envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
                .unpack(HttpProtocolOptions.class);
    }

    @Test
    void theMeshSaysWhatStandsBeforeItsGateways() throws Exception {
        Translated mesh = router(
                "gatewayTopology: {numTrustedProxies: 2, forwardClientCertDetails: APPEND_FORWARD, proxyProtocol: {}}",
                Map.of());
        assertThat(edge(mesh).getXffNumTrustedHops()).isEqualTo(2);
        assertThat(edge(mesh).getForwardClientCertDetails()).isEqualTo(ForwardClientCertDetails.APPEND_FORWARD);
        assertThat(mesh.listener("0.0.0.0_8080").getListenerFiltersList())
                .extracting(filter -> filter.getName())
                .contains("envoy.filters.listener.proxy_protocol");
    }

    @Test
    void aGatewaysOwnTopologyGoesBeforeTheMeshs() throws Exception {
        String mesh = "gatewayTopology: {numTrustedProxies: 2, proxyProtocol: {}}";
        Translated own = router(
                mesh,
                Map.of("gatewayTopology", Map.of("numTrustedProxies", 1.0, "forwardClientCertDetails", "SANITIZE")));
        assertThat(edge(own).getXffNumTrustedHops()).isEqualTo(1);
        assertThat(edge(own).getForwardClientCertDetails()).isEqualTo(ForwardClientCertDetails.SANITIZE);
        assertThat(own.listener("0.0.0.0_8080").getListenerFiltersList()).isEmpty();

        Translated silent = router(mesh, Map.of("concurrency", 2));
        assertThat(edge(silent).getXffNumTrustedHops()).isEqualTo(2);
        assertThat(edge(silent).getForwardClientCertDetails()).isEqualTo(ForwardClientCertDetails.SANITIZE_SET);
    }

    @Test
    void headersStayAsTheyAreWhereNothingIsSaid() throws Exception {
        Translated mesh = sidecar("concurrency: 1", Map.of());
        assertThat(inbound(mesh).getServerName()).isEqualTo("istio-envoy");
        assertThat(outbound(mesh).getServerName()).isEmpty();
        assertThat(inbound(mesh).hasGenerateRequestId()).isFalse();
        assertThat(inbound(mesh).getForwardClientCertDetails()).isEqualTo(ForwardClientCertDetails.APPEND_FORWARD);
        assertThat(inbound(mesh).getSetCurrentClientCertDetails().toString())
                .isEqualTo("subject {\n  value: true\n}\ndns: true\nuri: true\n");
        assertThat(shop(mesh, "80").getIncludeRequestAttemptCount()).isTrue();
        assertThat(shop(mesh, "80").getRoutes(0).getRoute().getAppendXForwardedHost())
                .isFalse();
    }

    @Test
    void headersAreLeftOutWhereTheMeshSaysSo() throws Exception {
        Translated mesh = sidecar(
                "proxyHeaders: {server: {disabled: true}, requestId: {disabled: true}, attemptCount: {disabled: true},"
                        + " envoyDebugHeaders: {disabled: true}, metadataExchangeHeaders: {mode: IN_MESH}}",
                Map.of());
        for (HttpConnectionManager manager : List.of(inbound(mesh), outbound(mesh))) {
            assertThat(manager.getServerName()).isEmpty();
            assertThat(manager.getServerHeaderTransformation()).isEqualTo(ServerHeaderTransformation.PASS_THROUGH);
            assertThat(manager.getGenerateRequestId().getValue()).isFalse();
            assertThat(manager.hasGenerateRequestId()).isTrue();
            assertThat(manager.getHttpFiltersList().getLast().getTypedConfig().unpack(Router.class))
                    .matches(Router::getSuppressEnvoyHeaders);
        }
        assertThat(outbound(mesh).getHttpFilters(0).toString()).contains("skip_external_clusters");
        assertThat(mesh.routes("80").getVirtualHostsList())
                .noneMatch(VirtualHost::getIncludeRequestAttemptCount)
                .isNotEmpty();
        assertThat(shop(router("proxyHeaders: {attemptCount: {disabled: true}}", Map.of()), "http.8080"))
                .matches(host -> !host.getIncludeRequestAttemptCount());
    }

    @Test
    void aProxysOwnHeadersGoBeforeTheMeshsOneByOne() throws Exception {
        Translated mesh = sidecar(
                "proxyHeaders: {server: {value: mesh}, requestId: {disabled: true}, xForwardedPort: {enabled: true}}",
                Map.of(
                        "proxyHeaders",
                        Map.of(
                                "server", Map.of("value", "own"),
                                "xForwardedHost", Map.of("enabled", true),
                                "forwardedClientCert", "SANITIZE_SET",
                                "setCurrentClientCertDetails", Map.of("cert", true, "dns", false))));
        assertThat(inbound(mesh).getServerName()).isEqualTo("own");
        assertThat(outbound(mesh).getServerName()).isEqualTo("own");
        assertThat(inbound(mesh).hasGenerateRequestId()).isTrue();
        assertThat(inbound(mesh).getAppendXForwardedPort()).isTrue();
        assertThat(inbound(mesh).getForwardClientCertDetails()).isEqualTo(ForwardClientCertDetails.SANITIZE_SET);
        assertThat(inbound(mesh).getSetCurrentClientCertDetails().toString())
                .isEqualTo("subject {\n  value: true\n}\ncert: true\nuri: true\n");
        assertThat(shop(mesh, "80").getRoutes(0).getRoute().getAppendXForwardedHost())
                .isTrue();
    }

    @Test
    void caseOfNamesIsPreservedOnBothSides() throws Exception {
        Translated mesh = sidecar("proxyHeaders: {preserveHttp1HeaderCase: true}", Map.of());
        for (HttpConnectionManager manager : List.of(inbound(mesh), outbound(mesh))) {
            assertThat(manager.getHttpProtocolOptions().getHeaderKeyFormat()).isEqualTo(HeaderSettings.PRESERVED_CASE);
        }
        assertThat(upstream(mesh)
                        .getExplicitHttpConfig()
                        .getHttpProtocolOptions()
                        .getHeaderKeyFormat())
                .isEqualTo(HeaderSettings.PRESERVED_CASE);
        assertThat(sidecar("", Map.of()).cluster("outbound|80||shop.test").getTypedExtensionProtocolOptionsMap())
                .isEmpty();
    }

    @Test
    void connectionSettingsHoldAtListenersAndClusters() throws Exception {
        Translated mesh = sidecar(
                "connectionSettings: {listenerPerConnectionBufferLimitBytes: 1111,"
                        + " clusterPerConnectionBufferLimitBytes: 2222, httpIdleTimeout: 1s,"
                        + " httpMaxConnectionDuration: 2s, httpDrainTimeout: 3s, httpRequestTimeout: 4s,"
                        + " httpRequestHeadersTimeout: 5s, httpStreamIdleTimeout: 6s, httpMaxStreamDuration: 7s,"
                        + " httpMaxConcurrentStreams: 8, http2InitialStreamWindowSize: 70000,"
                        + " http2InitialConnectionWindowSize: 80000,"
                        + " httpHeadersWithUnderscoresAction: HEADERS_WITH_UNDERSCORES_DROP_HEADER,"
                        + " httpMergeSlashes: true, httpPathWithEscapedSlashesAction: REJECT_REQUEST}",
                Map.of());
        for (HttpConnectionManager manager : List.of(inbound(mesh), outbound(mesh))) {
            var common = manager.getCommonHttpProtocolOptions();
            assertThat(common.getIdleTimeout().getSeconds()).isEqualTo(1);
            assertThat(common.getMaxConnectionDuration().getSeconds()).isEqualTo(2);
            assertThat(manager.getDrainTimeout().getSeconds()).isEqualTo(3);
            assertThat(manager.getRequestTimeout().getSeconds()).isEqualTo(4);
            assertThat(manager.getRequestHeadersTimeout().getSeconds()).isEqualTo(5);
            assertThat(manager.getStreamIdleTimeout().getSeconds()).isEqualTo(6);
            assertThat(common.getMaxStreamDuration().getSeconds()).isEqualTo(7);
            var http2 = manager.getHttp2ProtocolOptions();
            assertThat(http2.getMaxConcurrentStreams().getValue()).isEqualTo(8);
            assertThat(http2.getInitialStreamWindowSize().getValue()).isEqualTo(70000);
            assertThat(http2.getInitialConnectionWindowSize().getValue()).isEqualTo(80000);
            assertThat(common.getHeadersWithUnderscoresAction()).isEqualTo(HeadersWithUnderscoresAction.DROP_HEADER);
            assertThat(manager.getMergeSlashes()).isTrue();
            assertThat(manager.getPathWithEscapedSlashesAction())
                    .isEqualTo(PathWithEscapedSlashesAction.REJECT_REQUEST);
        }
        for (String listener : List.of("virtualInbound", "virtualOutbound", "0.0.0.0_80")) {
            assertThat(mesh.listener(listener)
                            .getPerConnectionBufferLimitBytes()
                            .getValue())
                    .as(listener)
                    .isEqualTo(1111);
        }
        for (String cluster : List.of("outbound|80||shop.test", "PassthroughCluster", "InboundPassthroughCluster")) {
            assertThat(mesh.cluster(cluster).getPerConnectionBufferLimitBytes().getValue())
                    .as(cluster)
                    .isEqualTo(2222);
        }
    }

    @Test
    void theEdgeProfileHoldsForGatewaysWhereNothingElseIsSaid() throws Exception {
        String profile = "connectionSettings: {profile: EDGE, httpStreamIdleTimeout: 7s}";
        Translated gateway = router(profile, Map.of());
        HttpConnectionManager manager = edge(gateway);
        assertThat(manager.getStreamIdleTimeout().getSeconds()).isEqualTo(7);
        assertThat(manager.getRequestTimeout().getSeconds()).isEqualTo(300);
        assertThat(manager.getRequestHeadersTimeout().getSeconds()).isEqualTo(60);
        assertThat(manager.getCommonHttpProtocolOptions().getIdleTimeout().getSeconds())
                .isEqualTo(3600);
        assertThat(manager.getCommonHttpProtocolOptions().getHeadersWithUnderscoresAction())
                .isEqualTo(HeadersWithUnderscoresAction.REJECT_REQUEST);
        assertThat(manager.getHttp2ProtocolOptions().getMaxConcurrentStreams().getValue())
                .isEqualTo(100);
        assertThat(manager.getMergeSlashes()).isTrue();
        assertThat(manager.getPathWithEscapedSlashesAction())
                .isEqualTo(PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT);
        assertThat(gateway.listener("0.0.0.0_8080")
                        .getPerConnectionBufferLimitBytes()
                        .getValue())
                .isEqualTo(32768);

        Translated beside = sidecar(profile, Map.of());
        assertThat(inbound(beside).getStreamIdleTimeout().getSeconds()).isEqualTo(7);
        assertThat(inbound(beside).hasRequestTimeout()).isFalse();
        assertThat(beside.listener("virtualInbound").hasPerConnectionBufferLimitBytes())
                .isFalse();
    }

    @Test
    void whatIsReceivedMayGoToTheLoopbackAddress() throws Exception {
        String service = """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: default}
                spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 8080}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: web-1, namespace: default, labels: {app: web}}
                spec: {containers: [{name: app}]}
                status: {podIP: 10.1.0.1, phase: Running, conditions: [{type: Ready, status: "True"}]}
                """;
        String operator = MESH.replace("defaultConfig: {%s}", "inboundTrafficPolicy: {mode: %s}");
        Cluster passed = new Translated(operator.formatted("PASSTHROUGH") + RESOURCES + service, "sidecar", "default")
                .cluster("inbound|8080||");
        assertThat(passed.getType()).isEqualTo(Cluster.DiscoveryType.ORIGINAL_DST);
        Cluster local = new Translated(operator.formatted("LOCALHOST") + RESOURCES + service, "sidecar", "default")
                .cluster("inbound|8080||");
        assertThat(local.getType()).isEqualTo(Cluster.DiscoveryType.STATIC);
        assertThat(local.getLoadAssignment()
                        .getEndpoints(0)
                        .getLbEndpoints(0)
                        .getEndpoint()
                        .getAddress()
                        .getSocketAddress()
                        .getAddress())
                .isEqualTo("127.0.0.1");
    }

    @Test
    void requestsAreTriedAgainAsTheMeshSaysWhereNoRouteDoes() throws Exception {
        String operator = MESH.replace(
                "defaultConfig: {%s}", "defaultHttpRetryPolicy: {attempts: 7, perTryTimeout: 3s, retryOn: reset}");
        String own = RESOURCES.replace("rewrite:", "retries: {attempts: 1}, rewrite:");
        Translated mesh = new Translated(operator + RESOURCES, "sidecar", "default");
        assertThat(shop(mesh, "80").getRoutes(0).getRoute().getRetryPolicy()).satisfies(policy -> {
            assertThat(policy.getNumRetries().getValue()).isEqualTo(7);
            assertThat(policy.getPerTryTimeout().getSeconds()).isEqualTo(3);
            assertThat(policy.getRetryOn()).startsWith("reset");
        });
        assertThat(shop(new Translated(operator + own, "sidecar", "default"), "80")
                        .getRoutes(0)
                        .getRoute()
                        .getRetryPolicy()
                        .getNumRetries()
                        .getValue())
                .isEqualTo(1);
        String plain = RESOURCES.substring(RESOURCES.lastIndexOf("---"));
        assertThat(shop(new Translated(operator + plain, "sidecar", "default"), "80")
                        .getRoutes(0)
                        .getRoute()
                        .getRetryPolicy()
                        .getNumRetries()
                        .getValue())
                .isEqualTo(7);
    }
}
