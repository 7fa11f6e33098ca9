package dev.lateen.proxy.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.probe.Thresholds.Opinion;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which answers in a row change what is thought of an application.
class ThresholdsTest {
    /// @param answers `+` for a good one, `-` for a bad one
    @ParameterizedTest
    @CsvSource({
        "1, 1, '', UNKNOWN",
        "1, 1, +, WELL",
        "1, 1, -, UNWELL",
        "1, 1, +-, UNWELL",
        "1, 1, -+, WELL",
        "2, 3, +, UNKNOWN",
        "2, 3, +-+, UNKNOWN",
        "2, 3, ++, WELL",
        "2, 3, ++--, WELL",
        "2, 3, ++--+--, WELL",
        "2, 3, ++---, UNWELL",
        "2, 3, ++---+, UNWELL",
        "2, 3, ++---+-+, UNWELL",
        "2, 3, ++---++, WELL",
        "2, 3, --+--, UNKNOWN",
        "2, 3, ---, UNWELL"
    })
    void followsAnswersInARow(int successes, int failures, String answers, Opinion expected) {
        Thresholds state = new Thresholds(successes, failures, Opinion.UNKNOWN, 0);
        for (char answer : answers.toCharArray()) {
            state = state.after(answer == '+' ? Optional.empty() : Optional.of("bad"));
        }

        assertThat(state.opinion()).isEqualTo(expected);
    }
}
