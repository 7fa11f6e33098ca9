package dev.lateen.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.config.Decoded;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RenderingTest {
    /// As Prometheus 2.42 asks where native histograms are on.
    private static final String MESSAGES = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
            + "encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5";

    private static Decoded<Rendering> wanted(String accept, Map<String, String> parameters, boolean natively) {
        return Rendering.wanted(accept, name -> parameters.getOrDefault(name, ""), Exposition.PROTOBUF, natively);
    }

    private static Decoded<Rendering> ok(Exposition format, int natives) {
        return new Decoded.Ok<>(new Rendering(format, natives));
    }

    @Test
    void writesMessagesWhereTheyAreWantedMost() {
        assertThat(wanted(MESSAGES, Map.of(), false)).isEqualTo(ok(Exposition.PROTOBUF, 0));
        assertThat(wanted(MESSAGES.replace("delimited", "text"), Map.of(), false))
                .isEqualTo(ok(Exposition.OPEN_METRICS, 0));
        assertThat(Exposition.wanted(MESSAGES, Exposition.OPEN_METRICS)).isEqualTo(Exposition.OPEN_METRICS);
    }

    @Test
    void hasNativeHistogramsWhereTheyAreAskedForOrTheProxyHasThemOn() {
        Map<String, String> asked = Map.of("histogram_buckets", "prometheusnative");
        assertThat(wanted(MESSAGES, asked, false)).isEqualTo(ok(Exposition.PROTOBUF, NativeBuckets.MOST));
        assertThat(wanted("", Map.of("histogram_buckets", "prometheusnative", "prom_protobuf", "1"), false))
                .isEqualTo(ok(Exposition.PROTOBUF, NativeBuckets.MOST));
        assertThat(wanted(
                        MESSAGES,
                        Map.of("histogram_buckets", "prometheusnative", "native_histogram_max_buckets", "20"),
                        false))
                .isEqualTo(ok(Exposition.PROTOBUF, 20));
        assertThat(wanted(MESSAGES, Map.of(), true)).isEqualTo(ok(Exposition.PROTOBUF, NativeBuckets.MOST));
        assertThat(wanted(MESSAGES, Map.of("histogram_buckets", "cumulative"), true))
                .isEqualTo(ok(Exposition.PROTOBUF, 0));
        assertThat(wanted("text/plain", Map.of(), true)).isEqualTo(ok(Exposition.TEXT, 0));
    }

    @Test
    void refusesWhatItDoesNotWrite() {
        assertThat(wanted("text/plain", Map.of("histogram_buckets", "prometheusnative"), false))
                .isInstanceOf(Decoded.Rejected.class);
        assertThat(wanted(MESSAGES, Map.of("histogram_buckets", "summary"), false))
                .isEqualTo(new Decoded.Rejected<>(
                        "histogram_buckets: 'summary' (expected: cumulative or prometheusnative)"));
        assertThat(wanted(MESSAGES, Map.of("native_histogram_max_buckets", "0"), false))
                .isInstanceOf(Decoded.Rejected.class);
    }
}
