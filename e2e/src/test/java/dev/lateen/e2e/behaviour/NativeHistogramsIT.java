package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.e2e.mesh.Prometheus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A real Prometheus with native histograms on takes those of both data planes.
final class NativeHistogramsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int LOAD = 200;
    private static final String NATIVE = "histogram_buckets: [prometheusnative]";
    private static final String STATS = """
            {name: istio.stats, typed_config: {"@type": type.googleapis.com/udpa.type.v1.TypedStruct,
              type_url: type.googleapis.com/stats.PluginConfig, value: {}}},""";

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @EnumSource
    void arriveInPrometheus(DataPlane plane) throws Exception {
        String metric = plane == DataPlane.LATEEN
                ? "istio_response_bytes"
                : "envoy_http_downstream_rq_time{envoy_http_conn_manager_prefix!=\"admin\"}";
        assertArrives(plane, metric, NATIVE, Map.of());
    }

    /// As a mesh has it on for all of its proxies, by `proxyMetadata`.
    @Test
    void arriveWithoutBeingAskedForWhereTheProxyHasThemOn() throws Exception {
        assertArrives(DataPlane.LATEEN, "istio_response_bytes", "", Map.of("LATEEN_NATIVE_HISTOGRAMS", "true"));
    }

    private void assertArrives(DataPlane plane, String metric, String parameters, Map<String, String> environment)
            throws Exception {
        assumeTrue(Prometheus.isInstalled(), "SKIPPED: no prometheus on PATH (`./dev it` installs it)");
        String filters = plane == DataPlane.LATEEN ? STATS : "";
        try (Upstream echo = Upstream.echo();
                RunningProxy proxy = plane.start(
                        new Bootstrap()
                                .cluster("echo", echo.port())
                                .http("http", "", filters, "{match: {prefix: /}, route: {cluster: echo}}"),
                        environment);
                Prometheus prometheus = Prometheus.ofNativeHistograms(
                        directory, Ports.free(), List.of("127.0.0.1:" + proxy.port("admin")), parameters)) {
            HttpClient client = proxy.client("http");
            for (int index = 0; index < LOAD; index++) {
                assertThat(client.get("/" + index).status()).isEqualTo(200);
            }
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(prometheus.number("sum(histogram_count(" + metric + "))"))
                            .isEqualTo(LOAD));
            assertThat(prometheus.errors()).isEmpty();
            if (plane == DataPlane.LATEEN) {
                // What came before its buckets were known stands at the next bound of the classic ones.
                for (int index = 0; index < LOAD; index++) {
                    assertThat(client.get("/" + index).status()).isEqualTo(200);
                }
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(prometheus.number("sum(histogram_count(" + metric + "))"))
                                .isEqualTo(2.0 * LOAD));
                double mean = prometheus.number("sum(histogram_sum(" + metric + "))") / (2.0 * LOAD);
                assertThat(prometheus.number("histogram_quantile(0.2, sum(" + metric + "))"))
                        .isCloseTo(mean, within(0.1 * mean));
            }
        }
    }
}
