package dev.lateen.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.security.PrivateKey;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class OwnKeysTest {
    private final PrivateKey key = key();
    private final X509ExtendedKeyManager keys = (X509ExtendedKeyManager)
            OwnKeys.factory(new CertificateConfig(List.of(), key)).getKeyManagers()[0];

    @Test
    void showsTheCertificateWhereItsKindOfKeyIsWanted() {
        String alias = keys.chooseEngineServerAlias("EC", null, null);

        assertThat(keys.getPrivateKey(alias)).isSameAs(key);
        assertThat(keys.chooseEngineClientAlias(new String[] {"RSA", "EC"}, null, null))
                .isEqualTo(alias);
    }

    @Test
    void showsItWhateverAuthoritiesThePeerNames() {
        Principal[] others = {new X500Principal("CN=somebody else")};

        assertThat(keys.chooseEngineClientAlias(new String[] {"EC"}, others, null))
                .isNotNull();
    }

    @Test
    void showsNothingWhereAnotherKindOfKeyIsWanted() {
        assertThat(keys.chooseEngineServerAlias("RSA", null, null)).isNull();
        assertThat(keys.chooseEngineClientAlias(new String[] {"RSA", "EC_RSA"}, null, null))
                .isNull();
        assertThat(keys.getPrivateKey("another")).isNull();
    }

    private static PrivateKey key() {
        try {
            return KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
