package dev.lateen.cli;

import dev.lateen.kubernetes.install.Installation;
import dev.lateen.kubernetes.install.MeshManifests;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `verify-install`: says what of an installation is missing or not ready.
@Command(
        name = "verify-install",
        description = {
            "Check that a cluster has everything that its installation consists of, and that it is ready.",
            "Without files and settings those count that it was installed with."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  lateen verify-install", "  lateen verify-install -f operator.yaml"},
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class VerifyInstallCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions clusters = new ClusterOptions();

    @Mixin
    private OperatorOptions operator = new OperatorOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        return clusters.run(cluster -> {
            Optional<ObjectNode> state = operator.isGiven()
                    ? Optional.empty()
                    : Installation.state(cluster, operator.namespace(), operator.revision());
            Optional<MeshManifests> manifests = operator.read(state).flatMap(operator::manifests);
            if (manifests.isEmpty()) {
                return 1;
            }
            PrintWriter out = spec.commandLine().getOut();
            Installation installation = new Installation(cluster, manifests.get());
            List<String> problems = installation.problems(name -> out.println("✔ " + name));
            problems.forEach(problem -> out.println("✘ " + problem));
            for (String note : installation.notes()) {
                out.println("note: " + note);
            }
            out.println(
                    problems.isEmpty()
                            ? "everything is there and ready"
                            : problems.size() + " problems; lateen install brings it in line, with the options of the"
                                    + " first time");
            out.flush();
            return problems.isEmpty() ? 0 : 1;
        });
    }
}
