package dev.lateen.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.output.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    private static final String KEY =
            "-----BEGIN EC " + "PRIVATE KEY-----\nMHcCAQEEIJx0\nabc=\n-----END EC " + "PRIVATE KEY-----";

    @Test
    void takesPrivateKeysOutOfAnyText() {
        assertThat(Redaction.of("before\n" + KEY + "\nafter"))
                .doesNotContain("MHcCAQEEIJx0")
                .contains("before")
                .contains("after");
    }

    @Test
    void takesAKeyOutWhoseEndIsCutOff() {
        assertThat(Redaction.of(KEY.substring(0, 50))).doesNotContain("MHcCAQEEIJ");
    }

    @Test
    void takesKeysOutOfBase64() {
        String encoded = Base64.getEncoder().encodeToString((KEY + KEY).getBytes(StandardCharsets.US_ASCII));
        assertThat(Redaction.of("tls.key: " + encoded)).doesNotContain(encoded.substring(20, 60));
    }

    @Test
    void takesTokensAndPasswordsOut() {
        assertThat(Redaction.of("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl from"))
                .isEqualTo("got [redacted] token from");
        assertThat(Redaction.of("Authorization: Bearer abcdef123456")).doesNotContain("abcdef123456");
        assertThat(Redaction.of("DB_PASSWORD=hunter22 next"))
                .doesNotContain("hunter22")
                .contains("next");
        assertThat(Redaction.of("redis://user:hunter22@db:6379")).isEqualTo("redis://user:[redacted]@db:6379");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-api-key: hunter22",
                "\"x-api-key\": \"hunter22\"",
                "Authorization: Api-Token hunter22",
                "cookie: a=b; session=hunter22",
                "GET /back?access_token=hunter22&x=y HTTP/1.1",
                "{\"authorization\": \"hunter22\"}",
            })
    void takesCredentialsOutOfHeaders(String text) {
        assertThat(Redaction.of(text)).doesNotContain("hunter22");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"accessToken\": \"hunter22\"}",
                "{\"lightstep\": {\"access_token\": \"hunter22\"}}",
                "{\"header\": {\"key\": \"authorization\", \"value\": \"hunter22\"}}",
                "{\"key\": \"x-api-key\", \"raw_value\": \"hunter22\"}",
                "{\"name\": \"API-KEY\", \"value\": \"hunter22\"}",
                "{\"name\": \"x-api-key\", \"string_match\": {\"exact\": \"hunter22\"}}",
                "{\"headers\": {\"x-api-key\": {\"prefix\": \"hunter22\"}}}",
            })
    void emptiesFieldsWithSuchNames(String object) {
        assertThat(Redaction.of(Json.read(object)).toString()).doesNotContain("hunter22");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "httpCookie:\n  name: user\n",
                "headers:\n  cookie:\n    regex: \"^(.*?;)?(user=jason)(;.*)?$\"\n",
                "{\"cookie\": {\n  \"name\": \"user\",\n  \"ttl\": \"0s\"\n}}",
            })
    void leavesSettingsOfCookies(String text) {
        assertThat(Redaction.of(text)).isEqualTo(text);
    }

    @Test
    void leavesFieldsThatOnlySoundSo() {
        String object =
                "{\"forwardOriginalToken\":\"hunter22\",\"prefix\":\"x-token-\",\"key\":\"cookies\",\"value\":\"many\"}";
        assertThat(Redaction.of(Json.read(object))).hasToString(object);
    }

    @Test
    void leavesTheNamesOfWhatASecretHolds() {
        String clean = Redaction.of(Json.read("""
                        {"kind": "Secret", "data": {"tls.crt": "Y2VydA==", "user": "YW5u"}}""")).toString();
        assertThat(clean).contains("tls.crt", "user").doesNotContain("YW5u", "Y2VydA==");
    }

    @Test
    void emptiesEnvironmentVariablesWithSuchNames() {
        String clean = Redaction.of(Json.read("""
                        {"spec": {"containers": [{"env": [{"name": "DB_PASSWORD", "value": "hunter22"},
                                                          {"name": "PORT", "value": "8080"}]}]}}""")).toString();
        assertThat(clean).doesNotContain("hunter22").contains("8080");
    }

    @Test
    void dropsTheSecondCopyOfAnObject() {
        assertThat(Redaction.of(Json.read("""
                        {"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{hunter22}"}}}""")).toString()).doesNotContain("hunter22");
    }

    @Test
    void leavesCertificatesAndConfiguration() {
        String text = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\ncredentialName: api-cert\n";
        assertThat(Redaction.of(text)).isEqualTo(text);
        assertThat(Redaction.of(Json.read("{\"credentialName\": \"api-cert\"}")).toString())
                .contains("api-cert");
    }
}
