package dev.lateen.cli;

import dev.lateen.cli.dump.LineDiff;
import dev.lateen.kubernetes.crd.ResourceDefinitions;
import dev.lateen.kubernetes.install.MeshManifests;
import dev.lateen.kubernetes.operator.InstallResource;
import dev.lateen.kubernetes.operator.Rendering;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.tree.YamlText;
import dev.lateen.model.schema.Schemas;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `manifest`: an installation as YAML. Needs no cluster.
@Command(
        name = "manifest",
        description = "What an installation consists of.",
        footerHeading = "%nExamples:%n",
        footer = {"  lateen manifest generate --set profile=demo", "  lateen manifest diff old.yaml new.yaml"},
        subcommands = {ManifestCommand.Generate.class, ManifestCommand.Diff.class, ManifestCommand.Chart.class},
        mixinStandardHelpOptions = true)
final class ManifestCommand {

    /// `manifest generate`.
    @Command(
            name = "generate",
            description = "Print all objects of an installation as YAML.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  lateen manifest generate -f operator.yaml > lateen.yaml",
                "  lateen manifest generate --set components.egressGateways[0].enabled=true | kubectl apply -f -"
            },
            sortOptions = false,
            mixinStandardHelpOptions = true)
    static final class Generate implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private OperatorOptions operator = new OperatorOptions();

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Where to write; standard output otherwise.")
        private String output = "";

        @Override
        public Integer call() throws IOException {
            Optional<MeshManifests> manifests = operator.manifests();
            if (manifests.isEmpty()) {
                return 1;
            }
            StringBuilder text = new StringBuilder();
            for (ObjectNode object : manifests.get().objects()) {
                text.append("---\n").append(YamlText.write(object));
            }
            if (output.isEmpty()) {
                spec.commandLine().getOut().print(text);
                spec.commandLine().getOut().flush();
            } else {
                Files.writeString(Path.of(output), text);
            }
            return 0;
        }
    }

    /// `manifest diff`.
    @Command(
            name = "diff",
            description = {
                "Show in which objects two files of manifests differ, and how.",
                "Exit status: 0 for none, 1 for some."
            },
            footerHeading = "%nExamples:%n",
            footer = "  lateen manifest diff before.yaml after.yaml",
            mixinStandardHelpOptions = true)
    static final class Diff implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(index = "0", paramLabel = "BEFORE", description = "A file of manifests.")
        private String before = "";

        @Parameters(index = "1", paramLabel = "AFTER", description = "Another.")
        private String after = "";

        @Override
        public Integer call() throws IOException {
            ManifestFiles files = new ManifestFiles(spec);
            Map<String, JsonNode> left = byTitle(files.documents(before));
            Map<String, JsonNode> right = byTitle(files.documents(after));
            if (files.reportProblems() != 0) {
                return 2;
            }
            TreeSet<String> titles = new TreeSet<>(left.keySet());
            titles.addAll(right.keySet());
            PrintWriter out = spec.commandLine().getOut();
            int different = 0;
            for (String title : titles) {
                List<String> old = lines(left, title);
                List<String> changed = lines(right, title);
                if (!old.equals(changed)) {
                    different++;
                    out.println(title + (old.isEmpty() ? ": added" : changed.isEmpty() ? ": removed" : ":"));
                    out.print(LineDiff.of(old, changed));
                }
            }
            out.println(different == 0 ? "the manifests are the same" : different + " objects differ");
            out.flush();
            return different == 0 ? 0 : 1;
        }

        private static List<String> lines(Map<String, JsonNode> objects, String title) {
            return objects.containsKey(title)
                    ? YamlText.write(objects.getOrDefault(title, Trees.object()))
                            .lines()
                            .toList()
                    : List.of();
        }

        private static Map<String, JsonNode> byTitle(List<JsonNode> documents) {
            Map<String, JsonNode> objects = new LinkedHashMap<>();
            for (JsonNode one : documents) {
                objects.put(
                        String.join(
                                ":",
                                Trees.text(one, "kind"),
                                Trees.text(one, "metadata", "namespace"),
                                Trees.text(one, "metadata", "name")),
                        one);
            }
            return objects;
        }
    }

    /// `manifest chart`.
    @Command(
            name = "chart",
            description =
                    "Write the Helm chart of an installation: the same objects, with the values of Istio's charts.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  lateen manifest chart lateen-chart",
                "  helm install lateen lateen-chart -n istio-system --create-namespace --set global.hub=HUB"
            },
            mixinStandardHelpOptions = true)
    static final class Chart implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "DIR", description = "Where to write it; is made where it is missing.")
        private Path directory = Path.of("lateen-chart");

        @Override
        public Integer call() throws IOException {
            for (String file : Rendering.files()) {
                write(file, InstallResource.text("chart/" + file));
            }
            for (ObjectNode definition : ResourceDefinitions.all(Schemas.standard())) {
                write("crds/" + Trees.text(definition, "metadata", "name") + ".yaml", YamlText.write(definition));
            }
            spec.commandLine().getOut().println(directory + ": written");
            spec.commandLine().getOut().flush();
            return 0;
        }

        private void write(String file, String text) throws IOException {
            Path path = directory.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        }
    }
}
