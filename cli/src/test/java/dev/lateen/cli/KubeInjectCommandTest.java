package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeInjectCommandTest {
    private static final String DEPLOYMENT = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: shop
        spec:
          template:
            metadata:
              annotations: {}
            spec:
              containers:
              - name: app
                image: shop:1
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: shop
        """;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void addsASidecarAndPassesTheRest() throws IOException {
        CommandRun run = CommandRun.of("kube-inject", "-f", file("shop.yaml", DEPLOYMENT));
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("      - name: istio-proxy\n", "        restartPolicy: Always\n")
                .endsWith("---\napiVersion: v1\nkind: Service\nmetadata:\n  name: shop\n");
    }

    @Test
    void saysWhyAWorkloadStaysAsItIs() throws IOException {
        String host = DEPLOYMENT.replace("      containers:", "      hostNetwork: true\n      containers:");
        CommandRun run = CommandRun.of("kube-inject", "-f", file("shop.yaml", host));
        assertThat(run.err()).contains("Skipping injection because Deployment \"shop\" has host networking enabled");
        assertThat(run.out()).doesNotContain("istio-proxy");
    }

    @Test
    void writesNothingWhereAWorkloadCannotBeInjected() throws IOException {
        String bad = DEPLOYMENT.replace("annotations: {}", "annotations: {status.sidecar.istio.io/port: x}");
        CommandRun run = CommandRun.of("kube-inject", "-f", file("shop.yaml", bad));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("status.sidecar.istio.io/port").contains("value: x");
    }

    @Test
    void takesValuesOfAnOperator() throws IOException {
        String operator = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            spec:
              hub: registry.example
              components: {cni: {enabled: true}}
            """;
        CommandRun run = CommandRun.of(
                "kube-inject",
                "-f",
                file("shop.yaml", DEPLOYMENT),
                "--operatorFileName",
                file("operator.yaml", operator));
        assertThat(run.out()).contains("image: registry.example/proxy:", "name: istio-validation");
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }
}
