package dev.lateen.identity.ca;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import java.nio.charset.StandardCharsets;

/// Requests for certificates from any workload. Inputs found so far are in `RequestCheckFuzzTestInputs`.
class RequestCheckFuzzTest {
    private static final SpiffeId CALLER = new SpiffeId("cluster.local", "shop", "user");

    /// As text, and as what stands between the lines of it, which fuzzing would hardly find through Base64.
    @FuzzTest(maxDuration = "60s")
    void signsOrRefusesEveryRequest(byte[] bytes) {
        RequestCheck.check(new String(bytes, StandardCharsets.ISO_8859_1), CALLER);
        RequestCheck.check(Pem.encode(Pem.CERTIFICATE_REQUEST, bytes), CALLER);
    }
}
