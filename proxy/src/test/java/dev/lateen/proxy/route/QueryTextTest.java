package dev.lateen.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryTextTest {
    @ParameterizedTest
    @CsvSource({
        "/?t=1, 1",
        "/?a=b&t=1&t=2, 1",
        "/?%74=%31, 1",
        "/?t=%zz%4, %zz%4",
        "/?t, ''",
        "/?t=, ''",
        "/?t=a=b, a=b",
        "/?&&t=1, 1",
        "/?tt=1&x=t, ",
        "/t=1, ",
        "/?, "
    })
    void findsTheFirstValueOfAParameter(String path, String value) {
        assertThat(QueryText.value(path, "t")).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "/?t=1, /",
        "/?a=b&t=1&c, /?a=b&c",
        "/?t=1&t=2&a=%zz, /?a=%zz",
        "/?%74=1&a, /?a",
        "/?a&, /?a&",
        "/a, /a",
        "/?, /?"
    })
    void leavesOutParametersOfAName(String path, String without) {
        assertThat(QueryText.without(path, "t"::equals)).isEqualTo(without);
    }

    @Test
    void decodesTextOfSeveralBytes() {
        assertThat(QueryText.decoded("%C3%bc+ü%")).isEqualTo("ü+ü%");
    }
}
