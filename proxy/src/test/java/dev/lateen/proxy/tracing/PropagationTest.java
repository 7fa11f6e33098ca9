package dev.lateen.proxy.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.tracing.Propagation.Form;
import dev.lateen.proxy.tracing.TraceContext.Sampled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PropagationTest {
    private static final String TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
    private static final TraceContext CONTEXT = new TraceContext(
            0x80f198ee56343ba8L, 0x64fe8b2a57d3eff7L, 0xe457b5a2e4d86bd1L, 0x05e3ac9a4f6e3b90L, Sampled.YES);

    private static Headers headers(String... namesAndValues) {
        Headers headers = new Headers();
        for (int index = 0; index < namesAndValues.length; index += 2) {
            headers.add(namesAndValues[index], namesAndValues[index + 1]);
        }
        return headers;
    }

    @Test
    void readsSeparateFieldsOfB3() {
        Headers headers = headers("x-b3-traceid", TRACE, "x-b3-spanid", "e457b5a2e4d86bd1", "x-b3-sampled", "1");
        assertThat(Propagation.read(headers, Form.B3_FIRST))
                .isEqualTo(new TraceContext(CONTEXT.high(), CONTEXT.low(), CONTEXT.span(), 0, Sampled.YES));
    }

    @Test
    void readsTheSingleFieldOfB3() {
        assertThat(Propagation.read(headers("b3", TRACE + "-e457b5a2e4d86bd1-0-05e3ac9a4f6e3b90"), Form.B3_FIRST))
                .isEqualTo(new TraceContext(CONTEXT.high(), CONTEXT.low(), CONTEXT.span(), 0, Sampled.NO));
    }

    @Test
    void readsIdsOf64Bits() {
        assertThat(Propagation.read(headers("b3", "64fe8b2a57d3eff7-e457b5a2e4d86bd1"), Form.B3_FIRST))
                .isEqualTo(new TraceContext(0, CONTEXT.low(), CONTEXT.span(), 0, Sampled.UNDECIDED));
    }

    @Test
    void readsTraceparent() {
        Headers headers = headers("traceparent", "00-" + TRACE + "-e457b5a2e4d86bd1-01");
        assertThat(Propagation.read(headers, Form.B3_FIRST))
                .isEqualTo(new TraceContext(CONTEXT.high(), CONTEXT.low(), CONTEXT.span(), 0, Sampled.YES));
    }

    @Test
    void readsTraceparentOfLaterVersions() {
        Headers headers = headers("traceparent", "01-" + TRACE + "-e457b5a2e4d86bd1-00-more");
        assertThat(Propagation.read(headers, Form.W3C_FIRST))
                .extracting("sampled")
                .isEqualTo(Sampled.NO);
    }

    @Test
    void believesTheFormOfItsCollector() {
        Headers headers = headers(
                "b3", "64fe8b2a57d3eff7-e457b5a2e4d86bd1-1", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-00");
        assertThat(Propagation.read(headers, Form.B3_FIRST)).extracting("high").isEqualTo(0L);
        assertThat(Propagation.read(headers, Form.W3C_FIRST)).extracting("high").isEqualTo(CONTEXT.high());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-01",
                "00-00000000000000000000000000000000-e457b5a2e4d86bd1-01",
                "00-80f198ee56343ba864fe8b2a57d3eff7-0000000000000000-01",
                "00-80f198ee56343ba864fe8b2a57d3efg7-e457b5a2e4d86bd1-01",
                "00-80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-01-more",
                "00-80f198ee56343ba864fe8b2a57d3eff7+e457b5a2e4d86bd1-01",
                "00-80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-0"
            })
    void takesNoBrokenTraceparent(String value) {
        assertThat(Propagation.read(headers("traceparent", value), Form.W3C_FIRST))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1", "abc-def-1", "64fe8b2a57d3eff7-", "64fe8b2a57d3eff7-e457b5a2e4d86bd11-1"})
    void takesNoBrokenB3(String value) {
        assertThat(Propagation.read(headers("b3", value), Form.B3_FIRST)).isNull();
    }

    @Test
    void hearsADecisionWithoutATrace() {
        assertThat(Propagation.decision(headers("b3", "0"))).isEqualTo(Sampled.NO);
        assertThat(Propagation.decision(headers("x-b3-flags", "1"))).isEqualTo(Sampled.YES);
        assertThat(Propagation.decision(headers("x-b3-sampled", "true"))).isEqualTo(Sampled.YES);
        assertThat(Propagation.decision(headers())).isEqualTo(Sampled.UNDECIDED);
    }

    @Test
    void writesWhatItReads() {
        Headers headers = headers("b3", "0");
        Propagation.write(headers, CONTEXT, true);
        TraceContext read = new TraceContext(CONTEXT.high(), CONTEXT.low(), CONTEXT.span(), 0, Sampled.YES);
        assertThat(Propagation.read(headers, Form.B3_FIRST)).isEqualTo(read);
        headers.remove("b3");
        assertThat(Propagation.read(headers, Form.B3_FIRST)).isEqualTo(read);
        assertThat(Propagation.read(headers, Form.W3C_FIRST)).isEqualTo(read);
        assertThat(headers.get("x-b3-parentspanid")).isEqualTo("05e3ac9a4f6e3b90");
    }

    @Test
    void fillsShortIdsUpForTraceparent() {
        Headers headers = new Headers();
        Propagation.write(headers, new TraceContext(0, 1, 2, 0, Sampled.NO), true);
        assertThat(headers.get("traceparent")).isEqualTo("00-00000000000000000000000000000001-0000000000000002-00");
        assertThat(headers.get("x-b3-traceid")).isEqualTo("0000000000000001");
    }

    @Test
    void dropsTheStateOfATraceThatItBegins() {
        Headers headers = headers("tracestate", "a=1");
        Propagation.write(headers, CONTEXT, true);
        assertThat(headers.get("tracestate")).isEqualTo("a=1");
        Propagation.write(headers, CONTEXT, false);
        assertThat(headers.get("tracestate")).isNull();
    }
}
