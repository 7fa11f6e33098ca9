package dev.lateen.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ResponseStatsTest {
    private final Stats stats = new Stats();
    private final ResponseStats responses = new ResponseStats(stats, "cluster.a.");

    private Map<String, Long> counted() {
        return stats.counters().values().stream()
                .filter(counter -> counter.name().startsWith("cluster.a.upstream_rq_"))
                .collect(Collectors.toMap(
                        counter -> counter.name().substring("cluster.a.upstream_rq_".length()), Counter::value));
    }

    @Test
    void hasNoNumbersBeforeTheFirstAnswer() {
        assertThat(counted()).isEmpty();
    }

    @Test
    void countsByStatusAndClass() {
        responses.count(200);
        responses.count(204);
        responses.count(200);
        responses.count(503);
        assertThat(counted()).isEqualTo(Map.of("completed", 4L, "2xx", 3L, "200", 2L, "204", 1L, "5xx", 1L, "503", 1L));
    }

    @Test
    void countsWhatIsNoStatusAsUnknown() {
        responses.count(99);
        responses.count(600);
        responses.count(999);
        assertThat(counted()).isEqualTo(Map.of("completed", 3L, "unknown", 3L));
    }

    @Test
    void countsTogetherWithOthersOfItsName() {
        responses.count(200);
        new ResponseStats(stats, "cluster.a.").count(200);
        assertThat(counted()).isEqualTo(Map.of("completed", 2L, "2xx", 2L, "200", 2L));
    }
}
