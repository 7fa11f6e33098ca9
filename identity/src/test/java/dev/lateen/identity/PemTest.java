package dev.lateen.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PemTest {
    @ParameterizedTest
    @EnumSource(
            value = WorkloadKeys.class,
            names = {"EC_P256", "EC_P384", "RSA_2048"})
    void readsThePrivateKeyThatItWrote(WorkloadKeys kind) {
        KeyPair keys = kind.generate();

        assertThat(Pem.privateKey(Pem.encode(keys.getPrivate()))).isEqualTo(keys.getPrivate());
    }

    @Test
    void saysHowToConvertAnotherKeyForm() {
        String text = Pem.encode("EC PRIVATE KEY", new byte[] {1});

        assertThatThrownBy(() -> Pem.privateKey(text)).hasMessageContaining("openssl pkcs8");
    }

    @Test
    void refusesABlockWithoutEnd() {
        assertThatThrownBy(() -> Pem.decode("-----BEGIN CERTIFICATE-----\nAAAA\n"))
                .hasMessageContaining("without its END");
    }

    @Test
    void neverQuotesWhatItCouldNotRead() {
        String text = "-----BEGIN PRIVATE KEY-----\nse*cret\n-----END PRIVATE KEY-----\n";

        assertThatThrownBy(() -> Pem.privateKey(text)).hasMessageNotContaining("se*cret");
    }
}
