package dev.lateen.proxy.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What ProxyConfig changes in a proxy's settings; among them, that the proxy asks for its own kind.
final class PodProxyConfigTest {
    private static final String VARIABLE = "PROXY_CONFIG";

    @Test
    void readsWhatInjectionSays() {
        assertThat(PodProxyConfig.of(Map.of(VARIABLE, "{drainDuration: 5s, concurrency: 1, meshId: }")))
                .isEqualTo(Map.of("drainDuration", "5s", "concurrency", 1));
        assertThat(PodProxyConfig.of(Map.of())).isEmpty();
    }

    @Test
    void tellsWhatIsForEnvoyAlone() {
        assertThat(PodProxyConfig.ineffective(PodProxyConfig.of(Map.of(
                        VARIABLE,
                        "{concurrency: 1, statsdUdpAddress: \"a:1\", runtimeValues: {a: b},"
                                + " tracing: {sampling: 1, datadog: {address: \"a:1\"}}}"))))
                .containsExactly("runtimeValues", "statsdUdpAddress", "tracing.datadog");
    }

    @Test
    void refusesWhatIsNoMapping() {
        assertThatThrownBy(() -> PodProxyConfig.of(Map.of(VARIABLE, "[1]")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("environment variable PROXY_CONFIG: a mapping is expected");
    }

    @Test
    void asksForItsOwnKindOnlyIfItIsTold() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "POD_NAME", "a", "POD_NAMESPACE", "default", "INSTANCE_IP", "10.0.0.1", "ISTIO_METAJSON_LABELS", "{}"));
        assertThat(read(environment).resources().hasClusterManager()).isFalse();

        environment.put(VARIABLE, "{proxyMetadata: {ISTIO_META_ENABLE_SELF_DISCOVERY: \"true\"}}");
        var resources = read(environment).resources();
        assertThat(resources.getClusterManager().getLocalClusterName()).isEqualTo("local_cluster");
        assertThat(resources.getStaticResources().getClusters(0).getName()).isEqualTo("local_cluster");
    }

    @ParameterizedTest
    @CsvSource({
        "'{}', web.default",
        "'{serviceCluster: mine}', mine",
        "'{serviceCluster: istio-proxy, tracingServiceName: APP_LABEL_AND_NAMESPACE}', web.default",
        "'{serviceCluster: istio-proxy, tracingServiceName: CANONICAL_NAME_ONLY}', shop",
        "'{tracingServiceName: CANONICAL_NAME_AND_NAMESPACE}', shop.default"
    })
    void callsItsServiceAsTheSettingsSay(String config, String cluster) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "POD_NAME",
                "a",
                "POD_NAMESPACE",
                "default",
                "INSTANCE_IP",
                "10.0.0.1",
                "ISTIO_METAJSON_LABELS",
                "{\"app\": \"web\", \"service.istio.io/canonical-name\": \"shop\"}"));
        environment.put(VARIABLE, config);
        assertThat(read(environment).node().getCluster()).isEqualTo(cluster);
    }

    private static BootstrapConfig read(Map<String, String> environment) {
        return ((Decoded.Ok<BootstrapConfig>) IstioEnvironment.read(environment, false, Path.of("target"))).value();
    }
}
