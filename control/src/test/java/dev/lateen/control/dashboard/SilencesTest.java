package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilencesTest {
    private final Silences silences = new Silences();

    /// The rounds in which a proxy is asked that never answers.
    private List<Long> asked(long rounds) {
        List<Long> asked = new ArrayList<>();
        for (long round = 0; round < rounds; round++) {
            if (silences.isDue("a", round)) {
                asked.add(round);
                silences.silent("a", round);
            }
        }
        return asked;
    }

    @Test
    void askWhoIsSilentEverLessOften() {
        assertThat(asked(130)).containsExactly(0L, 1L, 3L, 7L, 15L, 31L, 63L, 95L, 127L);
    }

    @Test
    void askWhoAnswersInEachRound() {
        asked(20);
        silences.answered("a");
        assertThat(silences.isDue("a", 20)).isTrue();
        silences.silent("a", 20);
        assertThat(silences.isDue("a", 21)).isTrue();
    }

    @Test
    void askOthersAsEver() {
        asked(20);
        assertThat(silences.isDue("b", 20)).isTrue();
    }

    @Test
    void forgetWhoHasGone() {
        asked(20);
        silences.retain(List.of("b"));
        assertThat(silences.isDue("a", 20)).isTrue();
    }
}
