package dev.lateen.cli;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.install.Installation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `uninstall`: takes the control plane out of a cluster.
@Command(
        name = "uninstall",
        description = "Remove the control plane from a Kubernetes cluster.",
        footerHeading = "%nExamples:%n",
        footer = {"  lateen uninstall -y", "  lateen uninstall --purge -y"},
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class UninstallCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions options = new ClusterOptions();

    @Option(
            names = {"-y", "--skip-confirmation"},
            description = "Ask nothing; nothing is asked yet.")
    @SuppressWarnings("UnusedVariable") // taken since users and injected pods give it
    private boolean confirmed;

    @Option(
            names = "--purge",
            description = "Remove the definitions of the mesh's kinds too, with all resources of these kinds, and the"
                    + " control plane's namespace.")
    private boolean purge;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Cluster cluster = options.connect()) {
            new Installation(cluster, options.settings()).remove(purge, name -> out.println("removing " + name));
            out.println("removed");
            out.flush();
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
