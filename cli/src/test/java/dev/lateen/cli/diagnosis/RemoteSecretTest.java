package dev.lateen.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RemoteSecretTest {
    private final RemoteSecret secret = new RemoteSecret("east", "https://10.0.0.1:6443", "Y2E=", "the-token");

    @Test
    void isNamedAndLabelledSoThatControlPlanesFindIt() {
        assertThat(secret.yaml("istio-system"))
                .contains("name: istio-remote-secret-east")
                .contains("namespace: istio-system")
                .contains("istio/multiCluster: \"true\"")
                .contains("networking.istio.io/cluster: east")
                .contains("server: https://10.0.0.1:6443")
                .contains("token: the-token");
    }

    @Test
    void doesNotShowItsTokenByChance() {
        assertThat(secret.toString()).doesNotContain("the-token");
    }
}
