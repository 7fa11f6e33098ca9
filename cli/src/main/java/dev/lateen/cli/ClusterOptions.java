package dev.lateen.cli;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which cluster a command is for.
final class ClusterOptions {
    @Option(
            names = {"-c", "--kubeconfig"},
            paramLabel = "FILE",
            description =
                    "Which clusters there are (default: KUBECONFIG, or .kube/config in the home directory; in a pod,"
                            + " its own cluster).")
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
        try (Cluster cluster = open()) {
            return work.with(cluster);
        } catch (ClusterException e) {
            throw explained(e);
        }
    }

    /// To be closed, or left to the process's end.
    Cluster open() throws IOException {
        Optional<Path> file = file();
        if (file.isEmpty() && inPod()) {
            return Cluster.inside();
        }
        return Cluster.of(
                file.orElseThrow(() -> new IOException("no kubeconfig: set KUBECONFIG or give --kubeconfig")), context);
    }

    /// Whether the command line says that a cluster is meant.
    boolean areGiven() {
        return kubeconfig != null || !context.isEmpty();
    }

    /// Whether there is a cluster to be asked, as far as files and environment tell.
    boolean haveCluster() {
        return !Optional.ofNullable(System.getenv("KUBECONFIG")).orElse("").isEmpty()
                || file().filter(Files::isReadable).isPresent()
                || inPod();
    }

    private static boolean inPod() {
        return System.getenv("KUBERNETES_SERVICE_HOST") != null;
    }

    /// KUBECONFIG may be a list, as kubectl takes it; the first that exists counts.
    private Optional<Path> file() {
        if (kubeconfig != null) {
            return Optional.of(kubeconfig);
        }
        String listed = Optional.ofNullable(System.getenv("KUBECONFIG")).orElse("");
        if (!listed.isEmpty()) {
            String[] files = listed.split(Pattern.quote(File.pathSeparator), -1);
            return Stream.of(files)
                    .map(Path::of)
                    .filter(Files::isReadable)
                    .findFirst()
                    .or(() -> Optional.of(Path.of(files[0])));
        }
        Path usual = Path.of(System.getProperty("user.home"), ".kube", "config");
        return Files.exists(usual) || !inPod() ? Optional.of(usual) : Optional.empty();
    }

    /// With advice for the person at the terminal.
    IOException explained(ClusterException failure) {
        String place = file().map(Path::toString).orElse("this pod's service account")
                + (context.isEmpty() ? "" : ", context " + context);
        return new IOException(failure.getMessage() + ClusterAdvice.of(failure, place), failure);
    }
}
