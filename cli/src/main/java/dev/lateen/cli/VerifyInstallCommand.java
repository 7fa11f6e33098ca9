package dev.lateen.cli;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.install.Installation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `verify-install`: says what of an installation is missing or not ready.
@Command(
        name = "verify-install",
        description = "Check that a cluster has everything that an installation consists of, and that it is ready.",
        footerHeading = "%nExamples:%n",
        footer = {"  lateen verify-install", "  lateen verify-install --kubeconfig ~/.kube/config"},
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class VerifyInstallCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions options = new ClusterOptions();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Cluster cluster = options.connect()) {
            List<String> problems = new Installation(cluster, options.settings()).problems();
            problems.forEach(out::println);
            out.println(problems.isEmpty() ? "everything is there and ready" : problems.size() + " problems");
            out.flush();
            return problems.isEmpty() ? 0 : 1;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
