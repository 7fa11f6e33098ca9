package dev.lateen.cli;

import dev.lateen.kubernetes.inject.InjectionSettings;
import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.inject.ManifestInjector;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.tree.YamlText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `kube-inject`: gives the workloads of manifests their sidecars, as a cluster's webhook would.
@Command(
        name = "kube-inject",
        description = {
            "Add sidecars to the workloads of manifests; everything else in them passes as it is.",
            "Needs no cluster. Exit status 1: a workload asks for what cannot be had, or a file is broken."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} kube-inject -f shop.yaml | kubectl apply -f -",
            "  ${ROOT-COMMAND-NAME} kube-inject -f shop.yaml -o injected.yaml --operatorFileName mesh.yaml"
        },
        mixinStandardHelpOptions = true)
final class KubeInjectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            required = true,
            description = "Manifests; - is standard input.")
    private String filename = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write; standard output otherwise.")
    private String output = "";

    @Option(names = "--meshConfigFile", paramLabel = "FILE", description = "MeshConfig in YAML.")
    private String meshConfigFile = "";

    @Option(names = "--valuesFile", paramLabel = "FILE", description = "The injector's values, in JSON or YAML.")
    private String valuesFile = "";

    @Option(
            names = "--injectConfigFile",
            paramLabel = "FILE",
            description = "The injector's configuration: templates, selectors, policy.")
    private String injectConfigFile = "";

    @Option(
            names = "--operatorFileName",
            paramLabel = "FILE",
            description = "An IstioOperator, of which values and meshConfig count.")
    private String operatorFile = "";

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "NAME",
            description = "Revision of the control plane.")
    private String revision = "";

    @Option(
            names = "--native-sidecars",
            arity = "0..1",
            paramLabel = "BOOL",
            fallbackValue = "true",
            defaultValue = "true",
            description = "Whether the cluster runs sidecars as init containers, as Kubernetes does since 1.29"
                    + " (default: ${DEFAULT-VALUE}).")
    private boolean nativeSidecars = true;

    @Override
    public Integer call() throws IOException {
        ManifestFiles manifests = new ManifestFiles(spec);
        ManifestInjector injector = new ManifestInjector(settings(manifests), _ -> Map.of());
        StringBuilder text = new StringBuilder();
        PrintWriter err = spec.commandLine().getErr();
        for (JsonNode document : manifests.documents(filename)) {
            if (!(document instanceof ObjectNode object)) {
                throw new ParameterException(spec.commandLine(), filename + ": a document is no object");
            }
            ManifestInjector.Outcome outcome = injector.inject(object);
            outcome.notes().forEach(err::println);
            manifests.add(outcome.diagnostics());
            text.append(text.isEmpty() ? "" : "---\n").append(YamlText.write(outcome.object()));
        }
        err.flush();
        if (manifests.reportProblems() != 0) {
            return 1;
        }
        if (output.isEmpty()) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
        } else {
            Files.writeString(Path.of(output), text);
        }
        return 0;
    }

    private InjectionSettings settings(ManifestFiles manifests) throws IOException {
        ObjectNode values = InjectionValues.defaults(VersionCommand.version());
        ObjectNode mesh = Trees.object();
        if (!operatorFile.isEmpty()) {
            ObjectNode operator = manifests.object(operatorFile);
            InjectionValues.overlayOperator(values, operator);
            if (Trees.at(operator, "spec", "meshConfig") instanceof ObjectNode own) {
                mesh = own;
            }
        }
        if (!valuesFile.isEmpty()) {
            InjectionValues.overlay(values, manifests.object(valuesFile));
        }
        if (!injectConfigFile.isEmpty()) {
            InjectionValues.overlayInjectorConfig(values, manifests.object(injectConfigFile));
        }
        if (!meshConfigFile.isEmpty()) {
            mesh = manifests.object(meshConfigFile);
        }
        return new InjectionSettings(values, mesh, revision, nativeSidecars, false);
    }
}
