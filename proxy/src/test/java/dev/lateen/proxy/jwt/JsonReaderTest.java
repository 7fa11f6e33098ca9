package dev.lateen.proxy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    @Test
    void readsEveryKindOfValue() {
        assertThat(
                        JsonReader.object(
                                " {\"a\": \"x\\u00e9\\n\\\"\", \"b\": [1, -2.5e1, true, null], \"c\": {\"d\": false}, \"e\": null} "))
                .isEqualTo(Map.of("a", "xé\n\"", "b", List.of(1.0, -25.0, true), "c", Map.of("d", false)));
        assertThat(JsonReader.object("{}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "1",
                "{",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":1}x",
                "{\"a\":1 \"b\":2}",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":.5}",
                "{\"a\":1e}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":[1,]}",
                "{/**/\"a\":1}",
            })
    void refusesWhatIsNoJson(String text) {
        assertThat(JsonReader.object(text)).isNull();
    }

    @Test
    void refusesDeepNesting() {
        assertThat(JsonReader.object("{\"a\":" + "[".repeat(20) + "]".repeat(20) + "}"))
                .isNotNull();
        assertThat(JsonReader.object("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"))
                .isNull();
    }
}
