package dev.lateen.proxy.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.config.Decoded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A machine's files become the environment that injection would give.
class MachineFilesTest {
    private static final String VARIABLES = """
            # of a machine
            ISTIO_META_AUTO_REGISTER_GROUP='cart'
            ISTIO_METAJSON_LABELS='{"app":"it'\\''s"}'
            ISTIO_SVC_IP='192.0.2.7'
            POD_NAMESPACE='shop'
            SERVICE_ACCOUNT='cart'
            TRUST_DOMAIN=''
            """;
    private static final String MESH = """
            defaultConfig:
              discoveryAddress: istiod.istio-system.svc:15012
              readinessProbe: {httpGet: {port: 8080}}
            """;

    @TempDir
    private Path root;

    @Test
    void readsThemAsTheyAreWritten() throws IOException {
        write("cluster.env", VARIABLES);
        write("mesh.yaml", MESH);
        write("root-cert.pem", "");
        write("istio-token", "");
        write("hosts", "203.0.113.1 istiod.istio-system.svc\n");

        Map<String, String> read = complete(Map.of("POD_NAME", "vm1", "SERVICE_ACCOUNT", "mine"));

        assertThat(read)
                .containsEntry("ISTIO_META_AUTO_REGISTER_GROUP", "cart")
                .containsEntry("ISTIO_METAJSON_LABELS", "{\"app\":\"it's\"}")
                .containsEntry("INSTANCE_IP", "192.0.2.7")
                .containsEntry("POD_NAME", "vm1")
                .containsEntry("SERVICE_ACCOUNT", "mine")
                .containsEntry("LATEEN_TOKEN_FILE", "istio-token")
                .containsEntry("XDS_ROOT_CA", "root-cert.pem")
                .containsEntry("CA_ROOT_CA", "root-cert.pem");
        BootstrapConfig config = ((Decoded.Ok<BootstrapConfig>) IstioEnvironment.read(read, false, root)).value();
        assertThat(config.discovery().orElseThrow().target())
                .isEqualTo(new DiscoveryConfig.Target.Server(new ServerAddress(
                        "203.0.113.1",
                        15012,
                        Optional.of(root.resolve("root-cert.pem")),
                        "istiod.istio-system.svc",
                        Optional.of(root.resolve("istio-token")))));
        assertThat(config.node().getId()).isEqualTo("sidecar~192.0.2.7~vm1.shop~shop.svc.cluster.local");
        assertThat(((Decoded.Ok<Optional<dev.lateen.proxy.probe.HealthCheckConfig>>) config.healthCheck())
                        .value()
                        .orElseThrow()
                        .probe()
                        .port())
                .isEqualTo(8080);
    }

    @Test
    void readsThemWhereIstioPutsThem() throws IOException {
        write("var/lib/istio/envoy/cluster.env", VARIABLES);
        write("etc/istio/config/mesh", MESH);
        write("etc/certs/root-cert.pem", "");
        write("var/run/secrets/tokens/istio-token", "");
        write("hosts", "not ours\n");

        assertThat(complete(Map.of("POD_NAME", "vm1")))
                .containsEntry("XDS_ROOT_CA", "etc/certs/root-cert.pem")
                .containsEntry("LATEEN_TOKEN_FILE", "var/run/secrets/tokens/istio-token")
                .containsKey("PROXY_CONFIG")
                .doesNotContainKey(MachineFiles.HOSTS);
    }

    @Test
    void findsOutWhatTheMachineIs() throws IOException {
        write("cluster.env", "POD_NAMESPACE='shop'\n");

        assertThat(complete(Map.of("INSTANCE_IP", "192.0.2.9")).get("POD_NAME")).isNotEmpty();
    }

    @Test
    void changesNothingWhereThereAreNone() {
        assertThat(complete(Map.of("A", "b"))).isEqualTo(Map.of("A", "b"));
    }

    @Test
    void saysWhichLineIsWrong() throws IOException {
        write("cluster.env", "A='b'\nnot a variable\n");

        assertThat(MachineFiles.complete(Map.of(), root))
                .isEqualTo(new Decoded.Rejected<>("cluster.env:2: 'not a variable' (expected: NAME='value')"));
    }

    private Map<String, String> complete(Map<String, String> environment) {
        return ((Decoded.Ok<Map<String, String>>) MachineFiles.complete(environment, root)).value();
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
