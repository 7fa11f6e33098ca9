package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.type.tracing.v3.CustomTag;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a proxy's own settings make of its listeners.
class ProxySettingsTest {
    private static final String SERVICES = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 8080}, {name: tcp, port: 9000}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: bank, namespace: default}
            spec: {clusterIP: 10.96.0.2, ports: [{name: tcp, port: 9000}]}
            ---
            """;

    private static String sidecar(String rest) {
        return """
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: web, namespace: default}
                spec: {%s}
                ---
                """.formatted(rest);
    }

    @Test
    void withoutRedirectionServicesAreAtTheLoopbackAddress() {
        Translated mesh = new Translated(SERVICES, "sidecar", "default", Map.of("INTERCEPTION_MODE", "NONE"));
        assertThat(mesh.names(ResourceType.LISTENER)).contains("127.0.0.1_8080", "127.0.0.1_9000");
        assertThat(mesh.names(ResourceType.ROUTE)).contains("8080");
    }

    @Test
    void whereManyPodsShareAMachineNobodyTakesItsLoopbackAddress() {
        Translated mesh = new Translated(
                SERVICES, "sidecar", "default", Map.of("INTERCEPTION_MODE", "NONE", "LATEEN_OWN_ADDRESS_ONLY", "true"));
        assertThat(mesh.names(ResourceType.LISTENER)).noneMatch(name -> name.startsWith("127.0.0.1"));
    }

    @Test
    void aDeclaredPortOfConnectionsIsAtEachServicesAddress() {
        String declared = sidecar("egress: [{port: {number: 9000, protocol: TCP, name: tcp}, hosts: [\"./*\"]}]");
        assertThat(new Translated(SERVICES + declared, "sidecar", "default").names(ResourceType.LISTENER))
                .contains("10.96.0.1_9000", "10.96.0.2_9000")
                .doesNotContain("0.0.0.0_9000");
    }

    @Test
    void portsThatTheProxyHasItselfStayItsOwn() {
        String declared = sidecar("ingress: [{port: {number: 15021, protocol: HTTP, name: http}, bind: 0.0.0.0,"
                + " captureMode: NONE, defaultEndpoint: \"127.0.0.1:80\"}]");
        Map<String, String> ports = Map.of("ENVOY_STATUS_PORT", "15021");
        assertThat(new Translated(declared, "sidecar", "default").names(ResourceType.LISTENER))
                .contains("0.0.0.0_15021");
        assertThat(new Translated(declared, "sidecar", "default", ports).names(ResourceType.LISTENER))
                .doesNotContain("0.0.0.0_15021");
    }

    @Test
    void theIdleTimeoutOfAProxyHoldsForAllItsClients() throws Exception {
        Translated mesh = new Translated(SERVICES, "sidecar", "default", Map.of("IDLE_TIMEOUT", "30s"));
        assertThat(unpack(mesh.listener("10.96.0.2_9000"), TcpProxy.class))
                .allMatch(proxy -> proxy.getIdleTimeout().getSeconds() == 30)
                .isNotEmpty();
        assertThat(unpack(mesh.listener("virtualInbound"), HttpConnectionManager.class))
                .allMatch(manager ->
                        manager.getCommonHttpProtocolOptions().getIdleTimeout().getSeconds() == 30)
                .isNotEmpty();
    }

    @Test
    void tagsOfSpansAreThoseOfTheProxysConfiguration() throws Exception {
        Translated mesh = new Translated("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                    enableTracing: true
                    defaultConfig:
                      tracing:
                        zipkin: {address: "zipkin.test:9411"}
                        maxPathTagLength: 99
                        customTags:
                          team: {literal: {value: shop}}
                          who: {header: {name: x-who, defaultValue: nobody}}
                """, "sidecar", "default", Map.of("LATEEN_PROXY", "true"));
        HttpConnectionManager.Tracing tracing = unpack(mesh.listener("virtualInbound"), HttpConnectionManager.class)
                .getFirst()
                .getTracing();
        assertThat(tracing.getMaxPathTagLength().getValue()).isEqualTo(99);
        assertThat(tracing.getCustomTagsList())
                .extracting(CustomTag::getTag)
                .contains("team", "who", "istio.mesh_id")
                .isSorted();
    }

    private static <T extends com.google.protobuf.Message> List<T> unpack(Listener listener, Class<T> type) {
        return listener.getFilterChainsList().stream()
                .map(FilterChain::getFiltersList)
                .flatMap(List::stream)
                .map(Filter::getTypedConfig)
                .filter(any -> any.is(type))
                .map(any -> {
                    try {
                        return any.unpack(type);
                    } catch (com.google.protobuf.InvalidProtocolBufferException impossible) {
                        throw new AssertionError(impossible);
                    }
                })
                .filter(filter -> !filter.toString().contains("BlackHoleCluster"))
                .toList();
    }
}
