package dev.lateen.control.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeBundleTest {
    @TempDir
    private Path directory;

    private List<X509Certificate> roots(WorkloadKeys keys) throws IOException {
        return CertificateAuthority.open(
                        directory.resolve(keys.name()),
                        AuthoritySettings.of("two.example").withRootKey(keys),
                        InstantSource.system())
                .roots();
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkloadKeys.class,
            names = {"EC_P256", "EC_P384", "RSA_2048"})
    void readsWhatItWrites(WorkloadKeys keys) throws IOException {
        SpiffeBundle bundle = new SpiffeBundle(roots(keys), Optional.of(Duration.ofSeconds(300)));
        assertThat(SpiffeBundle.parse(bundle.json())).isEqualTo(bundle);
    }

    @Test
    void writesKeysAsRfc7517Says() throws IOException {
        assertThat(SpiffeBundle.of(roots(WorkloadKeys.EC_P384)).json())
                .containsPattern(
                        "\\{\"use\":\"x509-svid\",\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"[\\w-]{64}\",\"y\":\"[\\w-]{64}\",\"x5c\":\\[\"MII[^\"]+\"]}")
                .contains("\"spiffe_refresh_hint\":300");
    }

    @Test
    void skipsKeysForTokens() throws IOException {
        String json = SpiffeBundle.of(roots(WorkloadKeys.EC_P256)).json();
        String more = json.replace("\"keys\":[", "\"keys\":[{\"use\":\"jwt-svid\",\"kty\":\"EC\",\"kid\":\"1\"},");
        assertThat(SpiffeBundle.parse(more).authorities()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>",
                "{}",
                "{\"keys\":[]}",
                "{\"keys\":[{\"use\":\"x509-svid\"}]}",
                "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"AAAA\"]}]}",
                "{\"keys\":[{\"use\":\"x509-svid\",\"x5c\":[\"?\"]}]}",
                "{\"keys\":7}"
            })
    void refusesWhatIsNoBundle(String text) {
        assertThatThrownBy(() -> SpiffeBundle.parse(text)).isInstanceOf(IOException.class);
    }
}
