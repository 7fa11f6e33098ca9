package dev.lateen.proxy.jwt;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// Key sets from any issuer. Inputs found so far are in `KeySetFuzzTestInputs`.
class KeySetFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void readsWhatItCanAndLeavesTheRest(byte[] json) {
        KeySetParser.parse(new String(json, StandardCharsets.UTF_8));
    }
}
