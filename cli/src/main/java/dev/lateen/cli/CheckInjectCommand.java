package dev.lateen.cli;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import dev.lateen.kubernetes.inject.InjectionDecision;
import dev.lateen.kubernetes.inject.InjectionReview;
import dev.lateen.kubernetes.inject.InjectionSettings;
import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `x check-inject`: says of each workload of manifests whether it would get a sidecar, and why.
@Command(
        name = "check-inject",
        description = {
            "Say which workloads of manifests would get a sidecar in a cluster, and why or why not.",
            "Namespaces among the manifests count with their labels."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} x check-inject -f shop.yaml",
            "  ${ROOT-COMMAND-NAME} x check-inject -f shop.yaml -n shop --namespace-labels istio-injection=enabled"
        },
        mixinStandardHelpOptions = true)
final class CheckInjectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            required = true,
            description = "Manifests; may be given several times; - is standard input.")
    private List<String> files = List.of();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            defaultValue = "default",
            description = "Of workloads that name none (default: ${DEFAULT-VALUE}).")
    private String namespace = "default";

    @Option(
            names = "--namespace-labels",
            paramLabel = "NAME=VALUE",
            split = ",",
            description = "Labels of that namespace.")
    private List<String> labels = List.of();

    @Option(
            names = "--operatorFileName",
            paramLabel = "FILE",
            description = "An IstioOperator whose values count, such as neverInjectSelector.")
    private String operatorFile = "";

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "NAME",
            split = ",",
            defaultValue = "default",
            description = "Revisions and tags of the injector that is asked (default: ${DEFAULT-VALUE}).")
    private Set<String> revisions = Set.of("default");

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        ManifestFiles manifests = new ManifestFiles(spec);
        ObjectNode values = InjectionValues.defaults(VersionCommand.version());
        if (!operatorFile.isEmpty()) {
            InjectionValues.overlayOperator(values, manifests.object(operatorFile));
        }
        InjectionReview review = new InjectionReview(
                new InjectionSettings(values, Trees.object(), "", true, false), revisions, namespace);
        review.addNamespace(namespace, labels);
        for (String file : files) {
            for (JsonNode document : manifests.documents(file)) {
                if (document instanceof ObjectNode object) {
                    review.add(object);
                }
            }
        }
        List<InjectionReview.Line> lines = review.lines();
        output.show(
                () -> table(lines),
                () -> Json.tree(lines.stream()
                        .map(line -> Json.object(
                                "kind", line.kind(),
                                "namespace", line.namespace(),
                                "name", line.name(),
                                "injected", line.decision() instanceof InjectionDecision.Injects,
                                "reason", line.decision().because()))
                        .toList()));
        return manifests.reportProblems();
    }

    private static String table(List<InjectionReview.Line> lines) {
        Table table = new Table(3, "WORKLOAD", "INJECTED", "REASON");
        for (InjectionReview.Line line : lines) {
            table.row(
                    line.namespace() + "/" + line.name() + " (" + line.kind() + ")",
                    line.decision() instanceof InjectionDecision.Injects ? "yes" : "no",
                    line.decision().because());
        }
        return table.toString();
    }
}
