package dev.lateen.identity;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// PEM text as a file or a control plane may hold it. Inputs found so far are in `PemFuzzTestInputs`.
class PemFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void readsOrRefusesEveryText(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        try {
            Pem.certificates(text).forEach(SpiffeId::of);
        } catch (IllegalArgumentException _) {
            // The words for it are tested elsewhere.
        }
        try {
            Pem.privateKey(text);
        } catch (IllegalArgumentException _) {
            // As above.
        }
    }
}
