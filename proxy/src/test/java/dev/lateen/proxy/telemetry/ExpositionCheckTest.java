package dev.lateen.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpositionCheckTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "up 1",
                "up 1\n",
                "# just words\nup{} 1\n",
                "# HELP a b c\n# TYPE a counter\na{b=\"}\\\"\",c=\"\"} 1.5e-3 1700000000000\n",
                "a:b_c NaN\nx +Inf\ny -Inf\n",
                "{\"a.b\",c=\"d\"} 2\n"
            })
    void takesText(String page) {
        assertThat(ExpositionCheck.problem(page, Exposition.TEXT)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html></html>",
                "{\"count\": 1}",
                "up",
                "up one",
                "up 1 2 3",
                "up{a=\"b 1",
                "9up 1",
                "up 1\r\n",
                "# TYPE up speed\nup 1",
                "up 0x1p3",
                "up 1d"
            })
    void refusesWhatACollectorCannotRead(String page) {
        assertThat(ExpositionCheck.problem(page, Exposition.TEXT)).isPresent();
    }

    @Test
    void takesOpenMetricsAndKeepsItsEndApart() {
        String page = "# TYPE a counter\na_total 1 # {trace_id=\"x\"} 0.5 1.5\n# UNIT b seconds\nb 1 1.5\n# EOF\n";
        assertThat(ExpositionCheck.problem(page, Exposition.OPEN_METRICS)).isEmpty();
        assertThat(ExpositionCheck.samples(page, Exposition.OPEN_METRICS)).endsWith("b 1 1.5\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a 1\n", "a 1\n# EOF\nb 2\n", "# EOF\na 1\n# EOF\n", "\n# EOF\n", "# words\n# EOF\n"})
    void refusesOpenMetricsThatIsNotWhole(String page) {
        assertThat(ExpositionCheck.problem(page, Exposition.OPEN_METRICS)).isPresent();
    }

    @Test
    void endsTheLastLine() {
        assertThat(ExpositionCheck.samples("up 1", Exposition.TEXT)).isEqualTo("up 1\n");
        assertThat(ExpositionCheck.samples("", Exposition.TEXT)).isEmpty();
    }
}
