package dev.lateen.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedPatternsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "((((a{0,30}){0,30}){0,30}){0,30}){0,30}",
                "((a{100}){100}){100}",
                "(?:(?:[a-z]{1,200}){1,200}){1,2}",
                "(((?P<x>a|b){99}c{99}){99})+",
                "(a{1000}b{1000}){1000}",
                "((x{1000}){1000}"
            })
    void refusesProgramsThatAreTooLarge(String bomb) {
        assertThatThrownBy(() -> BoundedPatterns.compile(bomb)).isInstanceOf(PatternSyntaxException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/api/v[0-9]+/(users|orders)/.*",
                "(a*)*b",
                "[]]{2}[^]]{3}[[:alpha:]{]{4}",
                "\\Q{9999}{9999}\\E{2}",
                "\\{9999}",
                "a{,5}{x}",
                "(?i)abc{10,20}(?:d{3,})?",
                "[a-z]{1000}"
            })
    void compilesWhatPeopleWrite(String regex) {
        assertThat(BoundedPatterns.compile(regex).pattern()).isEqualTo(regex);
    }

    @Test
    void countsNoLessThanHalfOfWhatIsCompiled() {
        for (String regex : new String[] {
            "abc", "(a|b|c)*d", "a{20}", "(ab?){10}", "(([a-z]{3}-){4}x){5}", "\\Qabcdef\\E", "(?:a+b+){7}|c{3,9}"
        }) {
            long counted = ProgramSize.of(regex);
            assertThat(counted)
                    .as(regex)
                    .isBetween(
                            Pattern.compile(regex).programSize() / 2L,
                            Pattern.compile(regex).programSize() * 3L + 3);
        }
    }

    @FuzzTest
    void nothingGetsAroundTheLimit(FuzzedDataProvider data) {
        String regex = data.consumeString(200);
        try {
            assertThat(BoundedPatterns.compile(regex).programSize()).isLessThan(20 * BoundedPatterns.MAX_PROGRAM);
        } catch (PatternSyntaxException refused) {
            assertThat(refused.getDescription()).isNotEmpty();
        }
    }
}
