package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client library tries for 20 s before it gives up.
final class UnreachableClusterIT {
    @TempDir
    private Path directory;

    @Test
    void saysWhatToLookAtWhereNoApiServerAnswers() throws IOException {
        CommandRun run = CommandRun.of("verify-install", "--kubeconfig", kubeconfig());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("Is this the cluster that you mean").contains("kubectl cluster-info");
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
