package dev.lateen.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a running control plane says of settings of the mesh that do not go with its own, or that it does not do.
class MeshSettingsIT {
    @TempDir
    private Path directory;

    @Test
    void saysWhereTheTrustDomainIsNotThatOfItsCertificates() throws Exception {
        try (ControlPlane control = start("cluster.local", "trustDomain: two.example")) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(page(control, "statusz"))
                            .contains("trust-domain-mismatch", "mesh.yaml:6", "two.example")
                            .contains("--trust-domain two.example"));
        }
    }

    @Test
    void isContentWhereBothSayTheSame() throws Exception {
        try (ControlPlane control = start("two.example", "trustDomain: two.example")) {
            awaitChecked(control);
            assertThat(page(control, "statusz")).doesNotContain("trust-domain-mismatch");
        }
    }

    @Test
    void takesItsOwnTrustDomainWhereNothingIsSaid() throws Exception {
        try (ControlPlane control = start("two.example", "enableAutoMtls: true")) {
            assertThat(page(control, "mesh")).contains("\"trustDomain\" : \"two.example\"");
        }
    }

    @Test
    void namesSettingsThatItDoesNotDo() throws Exception {
        try (ControlPlane control = start(
                "cluster.local", "caCertificates: [{spiffeBundleUrl: 'https://127.0.0.1:1/', certSigners: [a/b]}]")) {
            awaitChecked(control);
            assertThat(page(control, "statusz"))
                    .containsPattern("mesh.yaml:6:[0-9]+: .*caCertificates\\[0\\].certSigners is not supported yet");
        }
    }

    /// By a finding that comes with every check.
    private static void awaitChecked(ControlPlane control) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(page(control, "statusz")).contains("hboneIdleTimeout"));
    }

    private ControlPlane start(String trustDomain, String setting) throws IOException {
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("mesh.yaml"), """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                metadata: {name: mesh, namespace: istio-system}
                spec:
                  meshConfig:
                    %s
                    hboneIdleTimeout: 1h
                """.formatted(setting));
        return ControlPlane.start(ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withPorts(ControlPlaneSettings.Ports.FREE)
                .withTrustDomain(trustDomain));
    }

    private static String page(ControlPlane control, String name) throws IOException, InterruptedException {
        return EnvoyProcess.get("http://127.0.0.1:" + control.debugPort() + "/debug/" + name);
    }
}
