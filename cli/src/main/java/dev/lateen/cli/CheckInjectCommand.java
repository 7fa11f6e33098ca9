package dev.lateen.cli;

import dev.lateen.cli.diagnosis.InjectionAnswer;
import dev.lateen.cli.diagnosis.Injector;
import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import dev.lateen.kubernetes.inject.InjectionDecision;
import dev.lateen.kubernetes.inject.InjectionReview;
import dev.lateen.kubernetes.inject.InjectionSettings;
import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `x check-inject`: says of each workload, of manifests or of a cluster, whether it would get a sidecar, and why.
@Command(
        name = "check-inject",
        description = {
            "Say which workloads would get a sidecar if their pods were created now, and why or why not: those of"
                    + " manifests, or pods of a cluster.",
            "Namespaces among the manifests count with their labels. Without -f and a name: all pods of the namespace."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} x check-inject -n shop",
            "  ${ROOT-COMMAND-NAME} x check-inject deploy/order-service -n shop",
            "  ${ROOT-COMMAND-NAME} x check-inject -f shop.yaml",
            "  ${ROOT-COMMAND-NAME} x check-inject -f shop.yaml -n shop --namespace-labels istio-injection=enabled"
        },
        mixinStandardHelpOptions = true)
final class CheckInjectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "[TYPE/]NAME[.NAMESPACE]",
            description = "A pod of a cluster, or a workload whose first pod is meant.",
            defaultValue = "")
    private String workload = "";

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            description = "Manifests; may be given several times; - is standard input.")
    private List<String> files = List.of();

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
            names = {"-r", "--revisions"},
            paramLabel = "NAME",
            split = ",",
            description =
                    "With -f: revisions and tags of the injector that is asked (default: --revision, or default).")
    private Set<String> revisions = Set.of();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        if (files.isEmpty()) {
            return ofCluster();
        }
        if (!workload.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "either a name or -f is expected, not both");
        }
        String namespace = target.namespace().isEmpty() ? "default" : target.namespace();
        ManifestFiles manifests = new ManifestFiles(spec);
        ObjectNode values = InjectionValues.defaults(VersionCommand.version());
        if (!operatorFile.isEmpty()) {
            InjectionValues.overlayOperator(values, manifests.object(operatorFile));
        }
        Set<String> asked =
                !revisions.isEmpty() ? revisions : Set.of(target.revision().isEmpty() ? "default" : target.revision());
        InjectionReview review =
                new InjectionReview(new InjectionSettings(values, Trees.object(), "", true, false), asked, namespace);
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

    private record Answered(PodFacts pod, InjectionAnswer answer) {}

    private int ofCluster() throws IOException {
        List<Answered> answers = target.askCluster(mesh -> {
            ClusterReading reading = new ClusterReading(mesh);
            String namespace = target.namespace().isEmpty() ? mesh.cluster().namespace() : target.namespace();
            List<PodFacts> pods = workload.isEmpty()
                    ? mesh.cluster().list("v1", "Pod", namespace, Map.of()).stream()
                            .map(PodFacts::new)
                            .toList()
                    : List.of(mesh.facts(workload, namespace));
            if (pods.isEmpty()) {
                throw new IllegalArgumentException("namespace " + namespace + " of "
                        + mesh.cluster().address() + " has no pods (-n names another, -f reads manifests)");
            }
            List<Injector> injectors = reading.injectors();
            var settings = reading.settings();
            var labels = reading.namespaceLabels(pods.getFirst().namespace());
            return pods.stream()
                    .map(pod -> new Answered(pod, InjectionAnswer.of(pod, labels, injectors, settings)))
                    .toList();
        });
        Table table = new Table(3, "POD", "SIDECAR", "INJECTED", "REASON");
        answers.forEach(one -> table.row(
                one.pod().fullName(),
                one.pod().sidecar().isPresent() ? "yes" : "no",
                one.answer().injected() ? "yes" : "no",
                one.answer().reason()));
        output.show(
                table::toString,
                () -> Json.tree(answers.stream()
                        .map(one -> Json.object(
                                "pod", one.pod().fullName(),
                                "sidecar", one.pod().sidecar().isPresent(),
                                "injected", one.answer().injected(),
                                "reason", one.answer().reason()))
                        .toList()));
        return 0;
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
