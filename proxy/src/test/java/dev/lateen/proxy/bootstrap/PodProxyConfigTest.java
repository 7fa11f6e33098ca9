package dev.lateen.proxy.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a pod's annotation changes in its proxy's settings; among them, that the proxy asks for its own kind.
final class PodProxyConfigTest {
    private static final String ANNOTATIONS = "ISTIO_METAJSON_ANNOTATIONS";

    @Test
    void putsTheAnnotationOverWhatInjectionSays() {
        Map<String, Object> config = PodProxyConfig.of(Map.of(
                "PROXY_CONFIG",
                "{drainDuration: 5s, concurrency: 1, proxyMetadata: {A: one, B: one}}",
                ANNOTATIONS,
                "{\"proxy.istio.io/config\": \"concurrency: 2\\nproxyMetadata: {B: two, C: two}\", \"other\": \"x\"}"));
        assertThat(config).containsEntry("drainDuration", "5s").containsEntry("concurrency", 2);
        assertThat(config.get("proxyMetadata")).isEqualTo(Map.of("A", "one", "B", "two", "C", "two"));
    }

    @Test
    void refusesAnAnnotationThatIsNoMapping() {
        assertThatThrownBy(() -> PodProxyConfig.of(Map.of(ANNOTATIONS, "{\"proxy.istio.io/config\": \"[1]\"}")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("annotation proxy.istio.io/config: a mapping is expected");
    }

    @Test
    void asksForItsOwnKindOnlyIfItIsTold() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "POD_NAME", "a", "POD_NAMESPACE", "default", "INSTANCE_IP", "10.0.0.1", "ISTIO_METAJSON_LABELS", "{}"));
        assertThat(read(environment).resources().hasClusterManager()).isFalse();

        environment.put(
                ANNOTATIONS,
                "{\"proxy.istio.io/config\": \"proxyMetadata: {ISTIO_META_ENABLE_SELF_DISCOVERY: \\\"true\\\"}\"}");
        var resources = read(environment).resources();
        assertThat(resources.getClusterManager().getLocalClusterName()).isEqualTo("local_cluster");
        assertThat(resources.getStaticResources().getClusters(0).getName()).isEqualTo("local_cluster");
    }

    private static BootstrapConfig read(Map<String, String> environment) {
        return ((Decoded.Ok<BootstrapConfig>) IstioEnvironment.read(environment, false, Path.of("target"))).value();
    }
}
