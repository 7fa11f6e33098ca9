package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilencesTest {
    private static final List<String> BOTH = List.of("a", "b");

    private final Silences silences = new Silences();

    /// The rounds in which a proxy is asked that never answers.
    private List<Long> asked(long rounds) {
        List<Long> asked = new ArrayList<>();
        for (long round = 0; round < rounds; round++) {
            silences.begin(BOTH);
            if (silences.isDue("a")) {
                asked.add(round);
                silences.silent("a");
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
        silences.begin(BOTH);
        assertThat(silences.isDue("a")).isTrue();
        silences.silent("a");
        silences.begin(BOTH);
        assertThat(silences.isDue("a")).isTrue();
    }

    @Test
    void askOthersAsEver() {
        asked(20);
        silences.begin(BOTH);
        assertThat(silences.isDue("b")).isTrue();
    }

    @Test
    void forgetWhoHasGone() {
        asked(20);
        silences.begin(List.of("b"));
        assertThat(silences.isDue("a")).isTrue();
    }
}
