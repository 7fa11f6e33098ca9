package dev.lateen.cli;

import dev.lateen.kubernetes.install.Installation;
import dev.lateen.kubernetes.install.MeshManifests;
import dev.lateen.kubernetes.install.RevisionUse;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `uninstall`: takes the mesh out of a cluster.
@Command(
        name = "uninstall",
        description = "Remove the mesh from a Kubernetes cluster. Its resources stay, unless --purge is given.",
        footerHeading = "%nExamples:%n",
        footer = {"  lateen uninstall -y", "  lateen uninstall --revision 1-0-0 -y", "  lateen uninstall --purge -y"},
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class UninstallCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions clusters = new ClusterOptions();

    @Mixin
    private OperatorOptions operator = new OperatorOptions();

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Option(
            names = "--purge",
            description = "Remove the definitions of the mesh's kinds too, with all resources of these kinds, and the"
                    + " control plane's namespace.")
    private boolean purge;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = InstallRun.GoDuration.class,
            description = "How long to wait until all of it has gone, such as 5m or 90s (default: ${DEFAULT-VALUE}).",
            defaultValue = "5m")
    private Duration patience = Duration.ofMinutes(5);

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<MeshManifests> manifests = operator.manifests();
        if (manifests.isEmpty()) {
            return 1;
        }
        return clusters.run(cluster -> {
            Installation installation = new Installation(cluster, manifests.get());
            List<String> others = purge ? List.of() : installation.otherRevisions();
            List<String> gateways = others.isEmpty() ? List.of() : installation.gatewaysOfRevision();
            String plan = "This will remove "
                    + (others.isEmpty()
                            ? "the mesh"
                            : "revision " + operator.revision() + " of the mesh, but not " + String.join(", ", others)
                                    + ",")
                    + " from " + cluster.address()
                    + (purge ? ", with all resources of its kinds and namespace " + operator.namespace() + "." : ".")
                    + (gateways.isEmpty()
                            ? ""
                            : " The gateways " + String.join(", ", gateways) + " belong to it and go with it: lateen"
                                    + " upgrade -r " + others.getFirst() + " takes them over first.");
            List<String> users = RevisionUse.of(cluster, operator.revision());
            if (!users.isEmpty()) {
                say("note: pods still have sidecars of revision " + operator.revision()
                        + ", which will hear nothing new: " + String.join(", ", users));
            }
            if (!confirmation.agrees(plan)) {
                return 1;
            }
            List<String> left = installation.remove(purge, patience, this::say);
            left.forEach(one -> say("still there: " + one));
            if (left.isEmpty()) {
                say("removed");
                return 0;
            }
            say("not gone after " + patience.toSeconds()
                    + " s. The cluster goes on removing; the same command waits again.");
            return 1;
        });
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
