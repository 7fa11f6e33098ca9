package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

class SecretRowsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final SpiffeId ID = new SpiffeId("cluster.local", "shop", "back");

    @TempDir
    Path directory = Path.of("");

    private KeyPair keys;
    private List<X509Certificate> chain;
    private List<X509Certificate> roots;

    @BeforeEach
    void sign() throws IOException {
        CertificateAuthority authority = CertificateAuthority.open(
                directory.resolve("ca"), AuthoritySettings.of("cluster.local"), InstantSource.system());
        keys = WorkloadKeys.EC_P256.generate();
        chain = authority.issueServer(keys.getPublic(), List.of("back.shop.svc"), ID, Duration.ofHours(1));
        roots = authority.roots();
    }

    @Test
    void tellsWhatCertificatesSayInEitherSpelling() {
        String snake = """
                {"configs": [
                 {"name": "default", "secret": {"tls_certificate": {
                   "certificate_chain": {"inline_bytes": "%s"}, "private_key": {"inline_bytes": "%s"}}}},
                 {"name": "ROOTCA", "secret": {"validation_context": {"trusted_ca": {"inline_string": %s}}}}]}
                """.formatted(base64(Pem.encode(chain)), key(), JSON.writeValueAsString(Pem.encode(roots)));
        for (String dump : List.of(
                snake,
                snake.replace("tls_certificate", "tlsCertificate")
                        .replace("certificate_chain", "certificateChain")
                        .replace("inline_", "inline")
                        .replace("inlinebytes", "inlineBytes")
                        .replace("inlinestring", "inlineString")
                        .replace("validation_context", "validationContext")
                        .replace("trusted_ca", "trustedCa"))) {
            assertTold(SecretRows.ofDump(JSON.readTree(dump)));
        }
    }

    @Test
    void tellsOfWhatWasSentNothingElse() {
        Secret own = Secret.newBuilder()
                .setName("default")
                .setTlsCertificate(TlsCertificate.newBuilder()
                        .setCertificateChain(inline(Pem.encode(chain)))
                        .setPrivateKey(inline(Pem.encode(keys.getPrivate()))))
                .build();
        Secret believed = Secret.newBuilder()
                .setName("ROOTCA")
                .setValidationContext(CertificateValidationContext.newBuilder().setTrustedCa(inline(Pem.encode(roots))))
                .build();
        assertTold(SecretRows.ofSent(List.of(
                EncodedResource.of(ResourceType.SECRET, "default", own),
                EncodedResource.of(ResourceType.SECRET, "ROOTCA", believed))));
    }

    @Test
    void namesWhatHoldsNoCertificates() {
        ArrayNode rows = SecretRows.ofDump(JSON.readTree("""
                {"configs": [{"name": "file", "secret": {"tls_certificate": {"certificate_chain": {"filename": "/x"}}}},
                 {"name": "bad", "secret": {"tls_certificate": {"certificate_chain": {"inline_bytes": "%%%"}}}},
                 {"name": "none"}]}
                """));
        assertThat(rows.findValuesAsString("name")).containsExactly("file", "bad", "none");
        assertThat(rows.findValues("certificates")).allMatch(JsonNode::isEmpty);
    }

    private void assertTold(ArrayNode rows) {
        JsonNode own = rows.path(0).path("certificates").path(0);
        X509Certificate leaf = chain.getFirst();
        assertThat(own.path("subject").asString()).isEqualTo(ID.toString());
        assertThat(own.path("issuer").asString())
                .isEqualTo(leaf.getIssuerX500Principal().getName());
        assertThat(own.path("serial").asString())
                .isEqualTo(leaf.getSerialNumber().toString(16));
        assertThat(own.path("notBefore").asString())
                .isEqualTo(leaf.getNotBefore().toInstant().toString());
        assertThat(own.path("notAfter").asString())
                .isEqualTo(leaf.getNotAfter().toInstant().toString());
        assertThat(rows.path(0).path("count").asInt()).isEqualTo(chain.size());
        assertThat(rows.path(0).path("believed").asBoolean()).isFalse();
        assertThat(rows.path(1).path("believed").asBoolean()).isTrue();
        assertThat(rows.path(1).path("certificates").path(0).path("subject").asString())
                .isNotEmpty();
        assertThat(rows.toString()).doesNotContain(key(), "PRIVATE", "BEGIN");
    }

    private String key() {
        return base64(Pem.encode(keys.getPrivate()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static DataSource inline(String text) {
        return DataSource.newBuilder()
                .setInlineBytes(ByteString.copyFromUtf8(text))
                .build();
    }
}
