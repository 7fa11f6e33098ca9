package dev.lateen.cli;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which cluster a command is for.
final class ClusterOptions {
    @Option(
            names = {"-c", "--kubeconfig"},
            paramLabel = "FILE",
            description = "Which clusters there are (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:KUBECONFIG:-${sys:user.home}/.kube/config}")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "Which of them is meant (default: the file's current context).")
    private String context = "";

    /// What a command does with a cluster.
    interface Work {
        int with(Cluster cluster) throws IOException, InterruptedException;
    }

    /// Errors: `IOException` that says what to look at.
    int run(Work work) throws IOException, InterruptedException {
        Path file = kubeconfig;
        if (file == null) {
            throw new IOException("no kubeconfig: set KUBECONFIG or give --kubeconfig");
        }
        try (Cluster cluster = Cluster.of(file, context)) {
            return work.with(cluster);
        } catch (ClusterException e) {
            throw new IOException(e.getMessage() + advice(e, file), e);
        }
    }

    private String advice(ClusterException failure, Path file) {
        String place = file + (context.isEmpty() ? "" : ", context " + context);
        if (failure.isUnanswered()) {
            return "\nIs this the cluster that you mean (" + place + ")? kubectl cluster-info says whether it answers.";
        }
        if (failure.isUnauthorized()) {
            return "\nIt does not take the credentials of " + place + ": they may have expired.";
        }
        return failure.isForbidden()
                ? "\nAn installation takes the rights of cluster-admin: kubectl auth can-i '*' '*' --all-namespaces."
                        + " What was done so far stays; the same command goes on from there."
                : "";
    }
}
