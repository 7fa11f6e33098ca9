package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckInjectCommandTest {
    private static final String MANIFESTS = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {istio-injection: enabled}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: cart, namespace: shop}
        spec: {template: {spec: {containers: [{name: app}]}}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: lone}
        spec: {containers: [{name: app}]}
        """;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void saysOfEachWorkloadWhyInOneLine() throws IOException {
        Path file = Files.writeString(directory.resolve("all.yaml"), MANIFESTS);
        CommandRun run = CommandRun.of("x", "check-inject", "-f", file.toString());
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .containsPattern(
                        "shop/cart \\(Deployment\\) +yes +namespace 'shop' has the label istio-injection=enabled")
                .containsPattern("default/lone \\(Pod\\) +no +namespace 'default' has no label");
    }

    @Test
    void takesLabelsOfTheNamespaceFromTheCommandLine() throws IOException {
        Path file = Files.writeString(directory.resolve("all.yaml"), MANIFESTS);
        CommandRun run = CommandRun.of(
                "x", "check-inject", "-f", file.toString(), "--namespace-labels", "istio.io/rev=canary", "-o", "json");
        assertThat(run.out()).contains("it belongs to revision 'canary', this injector serves default");
    }
}
