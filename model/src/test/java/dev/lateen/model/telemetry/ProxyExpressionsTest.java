package dev.lateen.model.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyExpressionsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "request.headers['a'] == \"b\"",
                "has(request.auth.claims.x) ? 1u : 0x1f",
                "[1, 2,].exists(x, x > 1) && {'a': 1.5e3}['a'] != null",
                "google.protobuf.Duration{seconds: 1}",
                "r'\\d' + '''it's''' + b\"\\x00\" + '\\U0001F600'",
                ".a.b(c)[0].d() // and so on",
                "!!(-1 < --2)",
                "a in b || c ? d : e ? f : g"
            })
    void readsTheWholeGrammar(String expression) {
        assertThat(ProxyExpressions.fault(expression)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | expression is empty",
                "a == | a name or a value is missing, at column 5",
                "(a | ')' is missing, at column 3",
                "a) | unexpected ')', at column 2",
                "'a | string does not end, at column 3",
                "'\\q' | there is no such escape, at column 2",
                "a ? b | ':' is missing, at column 6",
                "a b | unexpected 'b', at column 3",
                "12ab | '12' goes on like a name, at column 3",
                "a & b | unexpected '&', at column 3",
                "f(a,,b) | a name or a value is missing, at column 5"
            })
    void tellsWhereSyntaxIsWrong(String expression, String fault) {
        assertThat(ProxyExpressions.fault(expression)).hasValue(fault);
    }

    @Test
    void survivesTextsThatWouldExhaustTheStack() {
        assertThat(ProxyExpressions.fault("(".repeat(100_000)))
                .hasValueSatisfying(fault -> assertThat(fault).startsWith("expression is nested too deep"));
        assertThat(ProxyExpressions.fault("a" + ".a".repeat(100_000))).isEmpty();
        assertThat(ProxyExpressions.unknown("1" + "+1".repeat(100_000))).isPresent();
        assertThat(ProxyExpressions.unknown("(".repeat(40) + "1" + ")".repeat(40)))
                .isPresent();
    }

    @Test
    void namesWhatIsNotKnownAndWhatIs() {
        UnknownWord word =
                ProxyExpressions.unknown("request.headers['a'] == request.hots").orElseThrow();
        assertThat(word.what()).isEqualTo("attribute 'request.hots'");
        assertThat(word.advice())
                .startsWith("did you mean 'request.host'? known are ")
                .contains("response.code,");
        assertThat(ProxyExpressions.unknown("request.path.split('/')").orElseThrow())
                .satisfies(method -> assertThat(method.what()).isEqualTo("method 'split' with 1 argument"))
                .satisfies(method -> assertThat(method.advice())
                        .isEqualTo("known are contains, endsWith, matches, size, startsWith"));
    }
}
