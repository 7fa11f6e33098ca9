package dev.lateen.cli;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.install.ControlPlaneManifests;
import dev.lateen.kubernetes.install.Installation;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `install`: puts the control plane into a cluster and waits until it serves.
@Command(
        name = "install",
        description = "Install the control plane in a Kubernetes cluster, or bring what is there in line.",
        footerHeading = "%nExamples:%n",
        footer = {"  lateen install -y", "  lateen install --set hub=registry.example/lateen --set tag=0.1.0"},
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class InstallCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions options = new ClusterOptions();

    @Option(
            names = {"-y", "--skip-confirmation"},
            description = "Ask nothing; nothing is asked yet.")
    @SuppressWarnings("UnusedVariable") // taken since users and injected pods give it
    private boolean confirmed;

    @Option(names = "--dry-run", description = "Say what would be applied, and apply nothing.")
    private boolean dryRun;

    @Option(
            names = "--readiness-timeout",
            paramLabel = "DURATION",
            description = "How long to wait until it serves, in ISO notation (default: ${DEFAULT-VALUE}).",
            defaultValue = "PT5M")
    private Duration patience = Duration.ofMinutes(5);

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (Cluster cluster = options.connect()) {
            Installation installation = new Installation(cluster, options.settings());
            if (dryRun) {
                int objects = ControlPlaneManifests.of(options.settings()).size();
                out.println("would apply " + objects + " objects to " + cluster.address());
                out.flush();
                return 0;
            }
            installation.apply(name -> say(out, "applying " + name));
            say(out, "waiting for the control plane");
            List<String> problems = installation.await(patience);
            problems.forEach(problem -> say(out, problem));
            say(out, problems.isEmpty() ? "installed" : "not ready after " + patience + "; try: lateen verify-install");
            return problems.isEmpty() ? 0 : 1;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static void say(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }
}
