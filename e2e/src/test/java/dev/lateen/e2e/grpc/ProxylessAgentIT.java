package dev.lateen.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.local.agent.ProxylessAgent;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What the agent of an application without a proxy writes, and how it stays fresh.
final class ProxylessAgentIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ADDRESS = "127.0.71.1";

    @TempDir
    private Path directory;

    @Test
    void keepsBootstrapAndCertificates() throws IOException, GeneralSecurityException {
        Path state = directory.resolve("state");
        Path config = Files.createDirectories(directory.resolve("config"));
        Path root = Files.createDirectories(directory.resolve("agent"));
        try (ControlPlane control = ControlPlane.start(
                ControlPlaneSettings.of(List.of(config), state).withPorts(ControlPlaneSettings.Ports.FREE))) {
            Path token = Files.writeString(
                    root.resolve("token"), control.tokens().issue("shop", "client", Duration.ofMinutes(10)));
            try (ProxylessAgent _ = ProxylessAgent.start(environment(control, state, token), root)) {
                Path chain = root.resolve("certificates/cert-chain.pem");
                await().atMost(SOON).until(() -> status() == 200);

                X509Certificate first = certificate(chain);
                assertThat(first.getSubjectAlternativeNames().toString())
                        .contains("spiffe://cluster.local/ns/shop/sa/client");
                assertThat(PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(root.resolve("certificates/key.pem"))))
                        .isEqualTo("rw-------");
                assertThat(Files.readString(root.resolve("certificates/root-cert.pem")))
                        .isEqualTo(Files.readString(
                                ControlPlaneSettings.authority(state).resolve("root-cert.pem")));
                bootstrap(new ObjectMapper().readTree(Files.readString(root.resolve("xds.json"))), root);

                BigInteger serial = first.getSerialNumber();
                await().atMost(SOON)
                        .until(() -> !certificate(chain).getSerialNumber().equals(serial));
            }
        }
    }

    private static Map<String, String> environment(ControlPlane control, Path state, Path token) {
        String server = "127.0.0.1:" + control.securePort();
        String roots = ControlPlaneSettings.authority(state)
                .resolve("root-cert.pem")
                .toAbsolutePath()
                .toString();
        return Map.ofEntries(
                Map.entry("ISTIO_META_GENERATOR", "grpc"),
                Map.entry("GRPC_XDS_BOOTSTRAP", "xds.json"),
                Map.entry("OUTPUT_CERTS", "certificates"),
                Map.entry("SECRET_TTL", "10s"),
                Map.entry("POD_NAME", "client-1"),
                Map.entry("POD_NAMESPACE", "shop"),
                Map.entry("SERVICE_ACCOUNT", "client"),
                Map.entry("INSTANCE_IP", ADDRESS),
                Map.entry("LATEEN_ADMIN_ADDRESS", ADDRESS),
                Map.entry("PROXY_CONFIG", "{discoveryAddress: \"" + server + "\"}"),
                Map.entry("CA_ADDR", server),
                Map.entry("XDS_ROOT_CA", roots),
                Map.entry("CA_ROOT_CA", roots),
                Map.entry("LATEEN_TOKEN_FILE", token.toAbsolutePath().toString()));
    }

    private static void bootstrap(JsonNode bootstrap, Path root) {
        JsonNode server = bootstrap.get("xds_servers").get(0);
        assertThat(server.get("server_uri").asString()).startsWith("unix:///").endsWith("/XDS");
        assertThat(Path.of(server.get("server_uri").asString().substring("unix://".length())))
                .exists();
        assertThat(server.get("server_features").get(0).asString()).isEqualTo("xds_v3");
        assertThat(bootstrap.get("node").get("id").asString())
                .isEqualTo("sidecar~" + ADDRESS + "~client-1.shop~shop.svc.cluster.local");
        assertThat(bootstrap.get("node").get("metadata").get("GENERATOR").asString())
                .isEqualTo("grpc");
        JsonNode files = bootstrap.get("certificate_providers").get("default");
        assertThat(files.get("plugin_name").asString()).isEqualTo("file_watcher");
        assertThat(files.get("config").get("private_key_file").asString())
                .isEqualTo(root.resolve("certificates/key.pem").toAbsolutePath().toString());
        assertThat(bootstrap.get("server_listener_resource_name_template").asString())
                .isEqualTo("xds.istio.io/grpc/lds/inbound/%s");
    }

    private static int status() {
        try {
            HttpURLConnection question = (HttpURLConnection) URI.create("http://" + ADDRESS + ":15020/healthz/ready")
                    .toURL()
                    .openConnection();
            return question.getResponseCode();
        } catch (IOException _) {
            return 0;
        }
    }

    private static X509Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
