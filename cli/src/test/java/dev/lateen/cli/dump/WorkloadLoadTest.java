package dev.lateen.cli.dump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.dump.WorkloadLoad.Reading;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WorkloadLoadTest {
    private static String page(int good, int bad, int fast, int all) {
        return """
                # TYPE istio_requests_total counter
                istio_requests_total{reporter="destination",response_code="200"} %d
                istio_requests_total{reporter="destination",response_code="503"} %d
                istio_requests_total{reporter="source",response_code="200"} 1000
                istio_request_duration_milliseconds_bucket{reporter="destination",le="10"} %d
                istio_request_duration_milliseconds_bucket{reporter="destination",le="50"} %d
                istio_request_duration_milliseconds_bucket{reporter="destination",le="+Inf"} %d
                """.formatted(good, bad, fast, all, all);
    }

    @Test
    void countsWhatServersWereAskedInBetween() {
        Map<String, Reading> before = Map.of("shop.default", Reading.NOTHING.plus(page(10, 0, 10, 10)));
        Map<String, Reading> after =
                Map.of("shop.default", Reading.NOTHING.plus(page(60, 2, 40, 60)).plus(page(48, 2, 70, 70)));
        assertThat(WorkloadLoad.between(before, after, Duration.ofSeconds(10)).table())
                .containsPattern("shop.default +10.200 +0.400 +6.0ms +26.0ms +47.6ms");
    }

    @Test
    void knowsNoLatencyWithoutRequests() {
        Map<String, Reading> quiet = Map.of("shop.default", Reading.NOTHING.plus(page(10, 0, 10, 10)));
        WorkloadLoad load = WorkloadLoad.between(quiet, quiet, Duration.ofSeconds(10));
        assertThat(load.table()).contains("shop.default", "0.000", "-").doesNotContain("ms");
    }
}
