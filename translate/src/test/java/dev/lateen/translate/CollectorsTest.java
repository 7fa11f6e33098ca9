package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig;
import io.envoyproxy.envoy.config.trace.v3.ZipkinConfig;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.tracing.v3.CustomTag;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whom proxies tell of requests, and what, on each data plane.
class CollectorsTest {
    private static final Map<String, String> OURS = Map.of("LATEEN_PROXY", "true");
    private static final Map<String, String> ENVOY = Map.of("ENVOY_UPSTREAM", "true");
    private static final Map<String, String> ISTIOS = Map.of();
    private static final String SERVICES = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 8080}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: otel, namespace: default}
            spec:
              hosts: [otel.test]
              ports: [{number: 4317, name: grpc, protocol: GRPC}, {number: 9411, name: http, protocol: HTTP}]
              resolution: STATIC
              endpoints: [{address: 10.2.0.1}]
            ---
            """;

    private static Translated mesh(Map<String, String> plane, String config, String... more) {
        return new Translated(SERVICES + """
                        apiVersion: install.istio.io/v1alpha1
                        kind: IstioOperator
                        metadata: {name: mesh, namespace: istio-system}
                        spec: {meshConfig: {%s}}
                        """.formatted(config) + String.join("", more), "sidecar", "default", plane);
    }

    private static String telemetry(String spec) {
        return """
                ---
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: all, namespace: istio-system}
                spec: {%s}
                """.formatted(spec);
    }

    private static HttpConnectionManager manager(Translated mesh) throws Exception {
        for (FilterChain chain : mesh.listener("0.0.0.0_8080").getFilterChainsList()) {
            for (Filter filter : chain.getFiltersList()) {
                if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
                    return filter.getTypedConfig().unpack(HttpConnectionManager.class);
                }
            }
        }
        throw new AssertionError("no connection manager");
    }

    private static String text(Translated mesh) throws Exception {
        return manager(mesh)
                .getAccessLog(0)
                .getTypedConfig()
                .unpack(FileAccessLog.class)
                .getLogFormat()
                .getTextFormatSource()
                .getInlineString();
    }

    private static Struct stats(Translated mesh) throws Exception {
        return manager(mesh).getHttpFiltersList().stream()
                .filter(filter -> filter.getName().equals("istio.stats"))
                .findFirst()
                .orElseThrow()
                .getTypedConfig()
                .unpack(com.github.udpa.udpa.type.v1.TypedStruct.class)
                .getValue();
    }

    @Test
    void ourProxyIsNotToldOfOperatorsThatItDoesNotKnow() throws Exception {
        String config = "accessLogFile: /dev/stdout, accessLogFormat: '%PROTOCOL% %NOT_THERE% 5%'";
        assertThat(text(mesh(OURS, config))).isEqualTo("%PROTOCOL% - 5%%\n");
        assertThat(text(mesh(ENVOY, config))).isEqualTo("%PROTOCOL% %NOT_THERE% 5%\n");
    }

    @ParameterizedTest
    @CsvSource({"'response.code == 404', true", "'not.there == 404', false"})
    void ourProxyIsNotToldOfConditionsThatItCannotCompute(String expression, boolean known) throws Exception {
        String config = "accessLogFile: /dev/stdout";
        String all = telemetry("accessLogging: [{filter: {expression: '" + expression + "'}}]");
        assertThat(manager(mesh(OURS, config, all)).getAccessLog(0).hasFilter()).isEqualTo(known);
        assertThat(manager(mesh(ENVOY, config, all)).getAccessLog(0).hasFilter())
                .isTrue();
    }

    @Test
    void ourProxyIsNotToldOfTagsThatItCannotFormat() throws Exception {
        String config = "enableTracing: true, defaultConfig: {tracing: {zipkin: {address: 'otel.test:9411'},"
                + " customTags: {a: {formatter: {value: '%NOT_THERE%'}}, b: {formatter: {value: '%PROTOCOL%'}}}}}";
        assertThat(manager(mesh(OURS, config)).getTracing().getCustomTagsList())
                .extracting(CustomTag::getTag)
                .contains("b")
                .doesNotContain("a");
        assertThat(manager(mesh(ENVOY, config)).getTracing().getCustomTagsList())
                .extracting(CustomTag::getTag)
                .contains("a", "b");
    }

    @Test
    void ourProxyIsNotToldOfMetricsAndLabelsThatItDoesNotKnow() throws Exception {
        String config = "defaultProviders: {metrics: [prometheus]}";
        String all = telemetry("""
                metrics: [{overrides: [
                  {match: {metric: REQUEST_COUNT}, tagOverrides: {a: {value: not.there}, b: {value: request.host}}},
                  {match: {customMetric: mine}, disabled: true}]}]""");
        assertThat(stats(mesh(OURS, config, all)).toString())
                .contains("request.host")
                .doesNotContain("not.there", "mine");
        assertThat(stats(mesh(ISTIOS, config, all)).toString()).contains("request.host", "not.there", "mine");
    }

    @Test
    void intervalsAreSentInSeconds() throws Exception {
        String all = telemetry("metrics: [{reportingInterval: 1m30s}]");
        assertThat(stats(mesh(OURS, "", all)).toString()).contains("\"90s\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void entriesGoToTheServiceThatTheMeshNames(boolean ours) throws Exception {
        Translated mesh = mesh(
                ours ? OURS : ENVOY,
                "enableEnvoyAccessLogService: true,"
                        + " defaultConfig: {envoyAccessLogService: {address: 'als.test:15000', tlsSettings: {mode: SIMPLE}}}");
        AccessLog log = manager(mesh).getAccessLog(0);
        HttpGrpcAccessLogConfig config = log.getTypedConfig().unpack(HttpGrpcAccessLogConfig.class);
        assertThat(config.getCommonConfig().getLogName()).isEqualTo("http_envoy_accesslog");
        assertThat(config.getCommonConfig().getGrpcService().getEnvoyGrpc().getClusterName())
                .isEqualTo("envoy_accesslog_service");
        assertThat(mesh.listener("virtualOutbound")
                        .getAccessLog(0)
                        .getTypedConfig()
                        .unpack(TcpGrpcAccessLogConfig.class)
                        .getCommonConfig()
                        .getLogName())
                .isEqualTo("listener_envoy_accesslog");
        // Envoy has the cluster in its bootstrap.
        assertThat(mesh.names(ResourceType.CLUSTER).contains("envoy_accesslog_service"))
                .isEqualTo(ours);
        if (ours) {
            Cluster cluster = mesh.cluster("envoy_accesslog_service");
            assertThat(cluster.getTypedExtensionProtocolOptionsMap()).isNotEmpty();
            assertThat(cluster.getTransportSocket()
                            .getTypedConfig()
                            .unpack(UpstreamTlsContext.class)
                            .getCommonTlsContext()
                            .getAlpnProtocolsList())
                    .containsExactly("h2");
        }
    }

    @Test
    void spansGoToTheirCollectorAsItsTlsSettingsSay() throws Exception {
        String config = "enableTracing: true, defaultConfig: {tracing: {zipkin: {address: 'otel.test:9411'}%s}}";
        String tls = ", tlsSettings: {mode: SIMPLE, sni: otel.test}";
        assertThat(collector(mesh(OURS, config.formatted("")))).isEqualTo("outbound|9411||otel.test");
        Translated mesh = mesh(OURS, config.formatted(tls));
        assertThat(collector(mesh)).isEqualTo("zipkin");
        assertThat(mesh.cluster("zipkin")
                        .getTransportSocket()
                        .getTypedConfig()
                        .unpack(UpstreamTlsContext.class)
                        .getSni())
                .isEqualTo("otel.test");
    }

    private static String collector(Translated mesh) throws Exception {
        return manager(mesh)
                .getTracing()
                .getProvider()
                .getTypedConfig()
                .unpack(ZipkinConfig.class)
                .getCollectorCluster();
    }

    @Test
    void openTelemetryIsToldTheNameOfTheService() throws Exception {
        Translated mesh = mesh(
                        OURS,
                        "extensionProviders: [{name: otel, opentelemetry: {service: otel.test, port: 4317}}],"
                                + " defaultProviders: {tracing: [otel]}")
                .called("web.default");
        assertThat(manager(mesh)
                        .getTracing()
                        .getProvider()
                        .getTypedConfig()
                        .unpack(OpenTelemetryConfig.class)
                        .getServiceName())
                .isEqualTo("web.default");
    }

    @Test
    void nodesOfOtherNamesAreToldOtherNames() throws Exception {
        String config = "extensionProviders: [{name: otel, opentelemetry: {service: otel.test, port: 4317}}],"
                + " defaultProviders: {tracing: [otel]}";
        Translated mesh = mesh(OURS, config);
        assertThat(List.of(
                        manager(mesh.called("a")).getTracing().getProvider(),
                        manager(mesh.called("b")).getTracing().getProvider()))
                .doesNotHaveDuplicates();
    }
}
