package dev.lateen.cli;

import dev.lateen.cli.diagnosis.InjectorList;
import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import dev.lateen.kubernetes.cluster.Cluster;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `x injector`: who injects sidecars in a cluster, and where.
@Command(
        name = "injector",
        description = "Show who injects sidecars in a cluster.",
        subcommands = InjectorCommand.ListInjectors.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = "  ${ROOT-COMMAND-NAME} x injector list",
        mixinStandardHelpOptions = true)
final class InjectorCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(
            name = "list",
            description = {
                "Show each namespace with pods of the mesh or a label for it, and each webhook that injects.",
                "SIDECARS: pods with a sidecar, of all that run there."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} x injector list",
                "  ${ROOT-COMMAND-NAME} x injector list -n shop -o json",
            },
            mixinStandardHelpOptions = true)
    static final class ListInjectors implements Callable<Integer> {
        @Mixin
        private MeshTarget target = new MeshTarget();

        @Mixin
        private OutputOption output = new OutputOption();

        @Override
        public Integer call() throws IOException {
            InjectorList list = target.askCluster(mesh -> {
                Cluster cluster = mesh.cluster();
                List<PodFacts> pods = cluster.list("v1", "Pod", Map.of()).stream()
                        .map(PodFacts::new)
                        .toList();
                return InjectorList.of(
                        cluster.list("v1", "Namespace", Map.of()),
                        pods,
                        new ClusterReading(mesh).injectors(),
                        target.namespace());
            });
            output.show(list::table, () -> Json.tree(list));
            return 0;
        }
    }
}
