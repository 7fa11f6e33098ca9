package dev.lateen.proxy.expression;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Place;
import java.nio.charset.StandardCharsets;

/// Expressions as a Telemetry resource may hold them. Inputs found so far are in `ExpressionFuzzTestInputs`.
class ExpressionFuzzTest {
    private static final Place HERE = Place.resource("listener", "fuzz");

    @FuzzTest(maxDuration = "60s")
    void compilesOrRefusesEveryText(byte[] text) {
        Decoded.of(() -> ExpressionCompiler.compile(new String(text, StandardCharsets.UTF_8), HERE));
    }
}
