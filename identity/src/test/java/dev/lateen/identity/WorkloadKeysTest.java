package dev.lateen.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadKeysTest {
    @ParameterizedTest
    @CsvSource({
        "'', '', '', EC_P256",
        "ECDSA, '', '', EC_P256",
        "ECDSA, P256, '', EC_P256",
        "ECDSA, P384, '', EC_P384",
        "ECDSA, P384, 4096, EC_P384",
        "'', P384, '', EC_P384",
        "'', '', 2048, RSA_2048",
        "'', '', 3072, RSA_3072",
        "'', P384, 4096, RSA_4096"
    })
    void takesWhatIstiosAgentIsTold(String algorithm, String curve, String bits, WorkloadKeys expected) {
        assertThat(WorkloadKeys.ofIstio(algorithm, curve, bits)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({"RSA, '', ''", "ECDSA, P521, ''", "'', '', 1024", "'', '', many", "ecdsa, '', ''"})
    void refusesWhatMeansNothing(String algorithm, String curve, String bits) {
        assertThat(WorkloadKeys.ofIstio(algorithm, curve, bits)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"EC_P256, 256", "EC_P384, 384", "RSA_2048, 2048", "RSA_3072, 3072"})
    void makesKeysThatRequestsAreSignedWith(WorkloadKeys kind, int bits) {
        KeyPair keys = kind.generate();
        assertThat(bits(keys)).isEqualTo(bits);
        assertThat(CertificateRequest.create(keys, new SpiffeId("cluster.local", "a", "b"))
                        .pem())
                .startsWith("-----BEGIN CERTIFICATE REQUEST-----");
    }

    private static int bits(KeyPair keys) {
        return switch (keys.getPublic()) {
            case ECPublicKey key -> key.getParams().getCurve().getField().getFieldSize();
            case RSAPublicKey key -> key.getModulus().bitLength();
            default -> 0;
        };
    }
}
