package dev.lateen.model.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
    private static final List<String> ROUTE_FIELDS = List.of(
            "corsPolicy",
            "delegate",
            "directResponse",
            "fault",
            "headers",
            "match",
            "mirror",
            "mirrors",
            "name",
            "redirect",
            "retries",
            "rewrite",
            "route",
            "timeout");

    @Test
    void countsSwappedLettersAsOneMistake() {
        assertThat(Spelling.closest("timeuot", ROUTE_FIELDS)).contains("timeout");
    }

    @Test
    void findsTheSameFieldWhateverTheOrderOfCandidates() {
        assertThat(Spelling.closest("timeuot", ROUTE_FIELDS.reversed())).contains("timeout");
    }

    @Test
    void prefersTheNearerOfTwoNearWords() {
        assertThat(Spelling.closest("mirors", ROUTE_FIELDS)).contains("mirrors");
    }

    @Test
    void ignoresCaseAndUnderscores() {
        assertThat(Spelling.closest("cors_policy", ROUTE_FIELDS)).contains("corsPolicy");
        assertThat(Spelling.closest("Timeout", ROUTE_FIELDS)).contains("timeout");
    }

    @Test
    void suggestsNothingWhereNothingIsNear() {
        assertThat(Spelling.closest("weightedClusters", ROUTE_FIELDS)).isEmpty();
        assertThat(Spelling.advice("weightedClusters", ROUTE_FIELDS)).isEmpty();
    }
}
