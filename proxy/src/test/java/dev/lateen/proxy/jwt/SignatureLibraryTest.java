package dev.lateen.proxy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Signatures that the JDK has made, checked by whatever checks tokens.
class SignatureLibraryTest {
    private static final String SIGNED = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0";

    private static Token.Parts parts(byte[] signature) {
        return new Token.Parts(
                Map.of(),
                Map.of(),
                SIGNED,
                Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
    }

    private static byte[] sign(KeyPair pair, String name) throws Exception {
        Signature signer = Signature.getInstance(name);
        if (name.equals("RSASSA-PSS")) {
            signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        }
        signer.initSign(pair.getPrivate());
        signer.update(SIGNED.getBytes(StandardCharsets.US_ASCII));
        return signer.sign();
    }

    private static KeyPair pair(String kind, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
        if (bits > 0) {
            generator.initialize(bits);
        }
        return generator.generateKeyPair();
    }

    @Test
    void isTheNativeOneHere() {
        assertThat(SignatureLibrary.isNative()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "RS256, RSA, 2048, SHA256withRSA",
        "RS384, RSA, 2048, SHA384withRSA",
        "RS512, RSA, 3072, SHA512withRSA",
        "PS256, RSA, 2048, RSASSA-PSS",
        "ES256, EC, 256, SHA256withECDSAinP1363Format",
        "ES384, EC, 384, SHA384withECDSAinP1363Format",
        "ES512, EC, 521, SHA512withECDSAinP1363Format",
        "EdDSA, Ed25519, 0, Ed25519"
    })
    void verifiesTheVerySignatureAndNoOther(String name, String kind, int bits, String javaName) throws Exception {
        // Given
        Algorithm algorithm = Algorithm.valueOf(name);
        KeyPair pair = pair(kind, bits);
        KeySet.Key key = new KeySet.Key("", "", pair.getPublic());
        KeySet.Key other = new KeySet.Key("", "", pair(kind, bits).getPublic());
        byte[] good = sign(pair, javaName);
        byte[] altered = good.clone();
        altered[altered.length - 3] ^= 1;
        // Then
        assertThat(algorithm.verifies(key.key(), parts(good))).isTrue();
        assertThat(algorithm.verifies(other.key(), parts(good))).isFalse();
        assertThat(algorithm.verifies(key.key(), parts(altered))).isFalse();
        assertThat(algorithm.verifies(key.key(), parts(Arrays.copyOf(good, good.length - 1))))
                .isFalse();
        assertThat(algorithm.verifies(key.key(), parts(Arrays.copyOf(good, good.length + 2))))
                .isFalse();
        assertThat(algorithm.verifies(key.key(), parts(new byte[good.length]))).isFalse();
        // What is kept for the next check has nothing of those before.
        assertThat(algorithm.verifies(key.key(), parts(good))).isTrue();
        assertThat(algorithm.verifies(other.key(), parts(good))).isFalse();
        assertThat(algorithm.verifies(key.key(), parts(good))).isTrue();
    }

    @Test
    void refusesASignatureInTheFormOfCertificates() throws Exception {
        KeyPair pair = pair("EC", 256);
        KeySet.Key key = new KeySet.Key("", "", pair.getPublic());
        assertThat(Algorithm.ES256.verifies(key.key(), parts(sign(pair, "SHA256withECDSA"))))
                .isFalse();
    }

    @Test
    void verifiesNothingByAKeyThatIsNotOnItsCurve() throws Exception {
        KeySet set = KeySetParser.parse("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}]}");
        assertThat(set).isNotNull();
        byte[] signature = sign(pair("EC", 256), "SHA256withECDSAinP1363Format");
        set.keys()
                .forEach(key -> assertThat(Algorithm.ES256.verifies(key.key(), parts(signature)))
                        .isFalse());
    }
}
