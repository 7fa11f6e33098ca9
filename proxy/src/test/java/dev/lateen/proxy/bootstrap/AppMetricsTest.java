package dev.lateen.proxy.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.config.Decoded;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AppMetricsTest {
    private static Decoded<Optional<AppMetrics>> of(String annotations) {
        return AppMetrics.of(Map.of("ISTIO_PROMETHEUS_ANNOTATIONS", annotations));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"scrape":"true","path":"/m","port":"9090"} | http://localhost:9090/m
                    {"scrape":"","path":"","port":""}           | http://localhost:80/metrics
                    {"scrape":"true","path":"m?a=b","port":"1"} | http://localhost:1/m?a=b
                    """)
    void findsTheApplication(String annotations, String uri) {
        assertThat(of(annotations)).isEqualTo(new Decoded.Ok<>(Optional.of(new AppMetrics(URI.create(uri)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"scrape\":\"false\",\"path\":\"/m\",\"port\":\"9090\"}"})
    void findsNoneWhereNoneIsToBeScraped(String annotations) {
        assertThat(of(annotations)).isEqualTo(new Decoded.Ok<>(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{\"port\":\"http\"}",
                "{\"port\":\"0\"}",
                "{\"port\":\"70000\"}",
                "{\"path\":\"/a b\"}"
            })
    void refusesWhatNamesNoPlace(String annotations) {
        assertThat(of(annotations)).isInstanceOf(Decoded.Rejected.class);
    }

    @Test
    void refusesToAskItself() {
        assertThat(of("{\"port\":\"15020\"}"))
                .isInstanceOfSatisfying(
                        Decoded.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("15020", "injected twice"));
    }
}
