package dev.lateen.proxy.tls;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Place;

/// Certificates and keys as a control plane or a file may hold them. Inputs found so far are in
/// `TlsSecretFuzzTestInputs`.
class TlsSecretFuzzTest {
    private static final Place HERE = Place.resource("secret", "fuzz");

    @FuzzTest(maxDuration = "60s")
    void readsOrRefusesEveryText(byte[] pem) {
        Decoded.of(() -> Pem.certificates(pem, HERE));
        Decoded.of(() -> Pem.key(pem, HERE));
    }
}
