package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstallCommandsTest {
    @TempDir
    private Path directory;

    @Test
    void printsTheObjectsOfAnOperatorFile() throws IOException {
        Path file = Files.writeString(directory.resolve("iop.yaml"), """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  profile: minimal
                  hub: registry.example
                """);
        CommandRun run = CommandRun.of("manifest", "generate", "-f", file.toString(), "--set", "tag=7");
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("registry.example/pilot:7").doesNotContain("istio-ingressgateway-sds");
    }

    @Test
    void saysWhereAFileIsWrong() throws IOException {
        Path file = Files.writeString(directory.resolve("iop.yaml"), """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  profil: minimal
                """);
        CommandRun run = CommandRun.of("install", "-f", file.toString(), "-y");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("iop.yaml:4:").contains("did you mean 'profile'?");
    }

    @Test
    void saysWhichSettingIsWrong() {
        CommandRun run = CommandRun.of("manifest", "generate", "--set", "values.pilot.autoscaleMinn=2");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("--set values.pilot.autoscaleMinn=2: error:")
                .contains("did you mean 'autoscaleMin'?");
    }

    @Test
    void showsWhatTwoManifestsDifferIn() throws IOException {
        Path before = directory.resolve("before.yaml");
        Path after = directory.resolve("after.yaml");
        CommandRun.of("manifest", "generate", "--set", "profile=minimal", "-o", before.toString());
        CommandRun.of("manifest", "generate", "--set", "profile=minimal", "--set", "tag=x", "-o", after.toString());
        CommandRun run = CommandRun.of("manifest", "diff", before.toString(), after.toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .contains("Deployment:istio-system:istiod:")
                .contains("+")
                .contains("pilot:x");
        assertThat(CommandRun.of("manifest", "diff", before.toString(), before.toString())
                        .status())
                .isZero();
    }

    @Test
    void listsDumpsAndComparesProfiles() {
        assertThat(CommandRun.of("profile", "list").out()).contains("default").contains("remote");
        assertThat(CommandRun.of("profile", "dump", "demo", "-p", "components.egressGateways")
                        .out())
                .contains("istio-egressgateway");
        assertThat(CommandRun.of("profile", "diff", "default", "demo").out()).contains("+");
        assertThat(CommandRun.of("profile", "diff", "default", "dmeo").err()).contains("no profile 'dmeo'");
    }

    @Test
    void writesAChart() {
        CommandRun run =
                CommandRun.of("manifest", "chart", directory.resolve("chart").toString());
        assertThat(run.status()).isZero();
        assertThat(directory.resolve("chart/Chart.yaml")).exists();
        assertThat(directory.resolve("chart/templates/gateways.yaml")).exists();
        assertThat(directory.resolve("chart/crds/virtualservices.networking.istio.io.yaml"))
                .exists();
    }

    @Test
    void saysThatThereIsNoKubeconfig() {
        CommandRun run = CommandRun.of(
                "verify-install", "--kubeconfig", directory.resolve("none").toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("no such kubeconfig");
    }

    @Test
    void saysWhichContextsThereAre() throws IOException {
        CommandRun run = CommandRun.of("verify-install", "--kubeconfig", kubeconfig(), "--context", "wrong");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("no context 'wrong'").contains("here");
    }

    /// Of a cluster that is not there: nothing listens on port 1.
    private String kubeconfig() throws IOException {
        return Files.writeString(directory.resolve("kubeconfig"), """
                        apiVersion: v1
                        kind: Config
                        clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
                        users: [{name: u, user: {token: t}}]
                        contexts: [{name: here, context: {cluster: c, user: u}}]
                        current-context: here
                        """).toString();
    }
}
