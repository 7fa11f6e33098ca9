package dev.lateen.net.tls;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// Certificates and keys as somebody may have written them. Inputs found so far are in `TlsMaterialFuzzTestInputs`.
class TlsMaterialFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void readsOrRefusesEveryText(byte[] text) {
        String pem = new String(text, StandardCharsets.ISO_8859_1);
        try {
            Pem.certificates(pem);
        } catch (TlsMaterialException _) {
            // The words for it are tested elsewhere.
        }
        try {
            Pem.privateKey(pem);
        } catch (TlsMaterialException _) {
            // As above.
        }
    }
}
