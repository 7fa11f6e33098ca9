package dev.lateen.cli;

import dev.lateen.cli.workload.GroupText;
import dev.lateen.kubernetes.tree.YamlText;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `x workload`: machines outside of any platform.
@Command(
        name = "workload",
        description = "Let machines outside of any platform join the mesh.",
        subcommands = {WorkloadCommand.Group.class, WorkloadCommand.Entry.class},
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} x workload group create --name cart -n shop --labels app=cart --ports http=8080",
            "  ${ROOT-COMMAND-NAME} x workload entry configure -f cart.yaml -o files --autoregister"
        },
        mixinStandardHelpOptions = true)
final class WorkloadCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(
            name = "group",
            description = "Write WorkloadGroups.",
            synopsisSubcommandLabel = "COMMAND",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} x workload group create --name cart -n shop --serviceAccount cart",
            mixinStandardHelpOptions = true)
    static final class Group implements Runnable {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }

        @Command(
                name = "create",
                description = "Print a WorkloadGroup: what workloads that register themselves have in common.",
                footerHeading = "%nExamples:%n",
                footer = {
                    "  ${ROOT-COMMAND-NAME} x workload group create --name cart -n shop --labels app=cart,version=v1 \\",
                    "    --ports http=8080,grpc=3550 --serviceAccount cart > cart.yaml"
                },
                mixinStandardHelpOptions = true)
        int create(
                @Option(names = "--name", required = true, paramLabel = "NAME", description = "The group's name.")
                        String name,
                @Option(
                                names = {"-n", "--namespace"},
                                paramLabel = "NAMESPACE",
                                defaultValue = "default",
                                description = "The namespace of its workloads (default: ${DEFAULT-VALUE}).")
                        String namespace,
                @Option(
                                names = {"-l", "--labels"},
                                paramLabel = "NAME=VALUE",
                                split = ",",
                                description = "Labels of its workloads.")
                        Map<String, String> labels,
                @Option(
                                names = {"-a", "--annotations"},
                                paramLabel = "NAME=VALUE",
                                split = ",",
                                description = "Annotations of its workloads.")
                        Map<String, String> annotations,
                @Option(
                                names = {"-p", "--ports"},
                                paramLabel = "NAME=PORT",
                                split = ",",
                                description = "Ports of its workloads, by the names that services have for them.")
                        Map<String, Integer> ports,
                @Option(
                                names = {"-s", "--serviceAccount"},
                                paramLabel = "NAME",
                                defaultValue = "default",
                                description = "Whom a workload has to prove to be (default: ${DEFAULT-VALUE}).")
                        String serviceAccount) {
            String text = YamlText.write(
                    GroupText.group(name, namespace, given(labels), given(annotations), given(ports), serviceAccount));
            List<Diagnostic> wrong = ResourceReader.create().read(text, name).stream()
                    .map(ParsedResource::diagnostics)
                    .flatMap(List::stream)
                    .filter(Diagnostic::isError)
                    .toList();
            if (!wrong.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(),
                        wrong.getFirst().path() + ": " + wrong.getFirst().summary());
            }
            PrintWriter out = spec.commandLine().getOut();
            out.print(text);
            out.flush();
            return 0;
        }

        private static <T> Map<String, T> given(@org.jspecify.annotations.Nullable Map<String, T> map) {
            return map == null ? Map.of() : new LinkedHashMap<>(map);
        }
    }

    @Command(
            name = "entry",
            description = "Make what machines need.",
            subcommands = WorkloadConfigureCommand.class,
            synopsisSubcommandLabel = "COMMAND",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} x workload entry configure -f cart.yaml -o files --autoregister",
            mixinStandardHelpOptions = true)
    static final class Entry implements Runnable {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
