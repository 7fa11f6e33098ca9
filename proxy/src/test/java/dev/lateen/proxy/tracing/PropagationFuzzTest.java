package dev.lateen.proxy.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.net.http.Headers;
import dev.lateen.proxy.tracing.Propagation.Form;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Contexts of traces from any client. Inputs found so far are in `PropagationFuzzTestInputs`.
class PropagationFuzzTest {
    private static final List<String> NAMES =
            List.of("b3", "traceparent", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags", "x-request-id");

    /// One line for each field; an empty one leaves it out.
    @FuzzTest(maxDuration = "60s")
    void readsAContextOrNone(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1);
        Headers headers = new Headers();
        for (int index = 0; index < Math.min(lines.length, NAMES.size()); index++) {
            if (!lines[index].isEmpty()) {
                headers.add(NAMES.get(index), lines[index]);
            }
        }
        new Sampler(new TracingConfig.Sampling(5_000, 5_000, 10_000)).decide(headers, 0);
        for (Form form : Form.values()) {
            TraceContext read = Propagation.read(headers, form);
            if (read != null) {
                Headers written = headers.copy();
                Propagation.write(written, read.decided(true), true);
                TraceContext again = Propagation.read(written, form);
                assertThat(again).isNotNull();
                assertThat(List.of(again.high(), again.low(), again.span()))
                        .isEqualTo(List.of(read.high(), read.low(), read.span()));
            }
        }
    }
}
