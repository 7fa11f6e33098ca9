package dev.lateen.cli;

import dev.lateen.cli.analysis.AnalysisInput;
import dev.lateen.cli.analysis.AnalysisText;
import dev.lateen.cli.mesh.ClusterMesh;
import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import dev.lateen.cli.output.Yaml;
import dev.lateen.local.manifest.Manifests;
import dev.lateen.model.analyze.AnalysisSettings;
import dev.lateen.model.analyze.Analyzer;
import dev.lateen.model.analyze.MeshAnalysis;
import dev.lateen.model.analyze.MeshConfigFile;
import dev.lateen.model.analyze.Message;
import dev.lateen.model.analyze.Suppression;
import dev.lateen.model.diagnostic.Severity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `analyze`: what is wrong, or may not be meant, in the configuration of a mesh as a whole.
@Command(
        name = "analyze",
        description = {
            "Look over files, the mesh that runs here or a cluster's, and print Istio's analysis messages.",
            "Files are taken as if they had been applied to what runs; --use-kube=false looks at them alone.",
            "Exit status 0: no message at the failure threshold, 79: there is one, 65: a document is no resource,"
                    + " 1: the mesh cannot be asked, 2: the command line is wrong."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} analyze",
            "  ${ROOT-COMMAND-NAME} analyze --use-kube=false -R shop/",
            "  ${ROOT-COMMAND-NAME} analyze vs.yaml -n shop -o json",
            "  ${ROOT-COMMAND-NAME} analyze -A -S \"IST0103=Pod *.testing\" --failure-threshold warning"
        },
        mixinStandardHelpOptions = true)
final class AnalyzeCommand implements Callable<Integer> {
    private static final int FOUND = 79;
    private static final int UNREADABLE = 65;

    private enum Format {
        LOG,
        JSON,
        YAML
    }

    private enum Threshold {
        INFO,
        WARNING,
        ERROR;

        boolean reaches(Severity severity) {
            return switch (this) {
                case INFO -> true;
                case WARNING -> severity != Severity.INFO;
                case ERROR -> severity == Severity.ERROR;
            };
        }
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "PATH",
            arity = "0..*",
            description = "Files, directories, or - for standard input (default: what runs, and nothing else).")
    private List<String> paths = List.of();

    @Option(
            names = {"-R", "--recursive"},
            description = "Look into the directories of directories as well.")
    private boolean recursive;

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "Print messages about all namespaces (default: only the one of -n, and cluster-wide ones).")
    private boolean allNamespaces;

    @Option(
            names = {"-k", "--use-kube"},
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            description = "Look at what runs, too (default: ${DEFAULT-VALUE}).")
    private boolean useKube = true;

    @Option(
            names = {"-S", "--suppress"},
            paramLabel = "CODE=RESOURCE",
            description = "Leave out a message about a resource, KIND NAME.NAMESPACE with * for any text; may be"
                    + " repeated.")
    private List<String> suppressed = List.of();

    @Option(
            names = "--failure-threshold",
            paramLabel = "LEVEL",
            defaultValue = "ERROR",
            description = "From which level on a message makes the command fail: ${COMPLETION-CANDIDATES} (default:"
                    + " ${DEFAULT-VALUE}).")
    private Threshold failureThreshold = Threshold.ERROR;

    @Option(
            names = "--output-threshold",
            paramLabel = "LEVEL",
            defaultValue = "INFO",
            description = "From which level on messages are printed (default: ${DEFAULT-VALUE}).")
    private Threshold outputThreshold = Threshold.INFO;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "LOG",
            description = "One of: log, json, yaml.")
    private Format format = Format.LOG;

    @Option(
            names = {"-L", "--list-analyzers"},
            description = "Print the analyzers and end.")
    private boolean listAnalyzers;

    @Option(
            names = "--analyzer",
            paramLabel = "NAME",
            split = ",",
            description = "Run only this one, and nothing beside analyzers; may be repeated.")
    private List<String> chosen = List.of();

    @Option(
            names = "--meshConfigFile",
            paramLabel = "FILE",
            description = "The mesh's settings, instead of those that are found.")
    private @Nullable Path meshConfigFile;

    @Option(names = "--ignore-unknown", description = "Pass over documents that are no resources instead of failing.")
    private boolean ignoreUnknown;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say what is looked at.")
    private boolean verbose;

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Override
    public Integer call() throws IOException {
        if (listAnalyzers) {
            print(analyzers());
            return 0;
        }
        AnalysisInput input = new AnalysisInput(namespace());
        readFiles(input);
        boolean cluster = useKube && readWhatRuns(input);
        if (paths.isEmpty() && input.resources().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "nothing to analyse: no mesh runs here and no file is named");
        }
        if (meshConfigFile != null) {
            input.addFirst(MeshConfigFile.of(Files.readString(meshConfigFile), meshConfigFile.toString()));
        }
        List<Message> messages = analysed(input, cluster);
        List<Message> shown = messages.stream()
                .filter(message -> outputThreshold.reaches(message.diagnostic().severity()))
                .toList();
        show(shown, input);
        boolean fails = messages.stream()
                .anyMatch(
                        message -> failureThreshold.reaches(message.diagnostic().severity()));
        if (!input.unreadable().isEmpty() && !ignoreUnknown) {
            return UNREADABLE;
        }
        return fails ? FOUND : 0;
    }

    private String namespace() {
        return target.namespace().isEmpty() ? "default" : target.namespace();
    }

    private List<Message> analysed(AnalysisInput input, boolean cluster) {
        List<Suppression> suppressions = suppressed.stream()
                .map(text -> Suppression.parse(text)
                        .orElseThrow(() -> new ParameterException(
                                spec.commandLine(),
                                "-S " + text + ": not CODE=RESOURCE, such as \"IST0103=Pod web.shop\"")))
                .toList();
        // Where all namespaces are in view and no pod is, it is not known what selectors select.
        boolean podsInView = cluster || !allNamespaces || input.hasPods();
        List<Analyzer> analyzers = selected().stream()
                .filter(analyzer -> podsInView || !analyzer.needsPods())
                .toList();
        MeshAnalysis analysis = new MeshAnalysis(
                new AnalysisSettings(target.systemNamespace(), !cluster, !cluster, Instant.now()), suppressions);
        List<Message> messages = chosen.isEmpty()
                ? analysis.withAdvice(input.resources(), analyzers)
                : analysis.run(input.resources(), analyzers);
        note("analysed " + input.resources().size() + " resources with " + analyzers.size() + " analyzers");
        return messages.stream().filter(this::isAsked).toList();
    }

    /// Messages about other namespaces are none of somebody's business who has named one. Files are always.
    private boolean isAsked(Message message) {
        String namespace = message.resource().namespace();
        boolean ofFile = !message.diagnostic().at().file().startsWith(AnalysisInput.CLUSTER);
        return allNamespaces || namespace.isEmpty() || namespace.equals(namespace()) || ofFile;
    }

    private List<Analyzer> selected() {
        if (chosen.isEmpty()) {
            return Analyzer.all().stream().filter(Analyzer::byDefault).toList();
        }
        return chosen.stream()
                .map(name -> Analyzer.named(name)
                        .orElseThrow(() -> new ParameterException(
                                spec.commandLine(),
                                "there is no analyzer '" + name + "' (--list-analyzers prints all)")))
                .toList();
    }

    private void readFiles(AnalysisInput input) throws IOException {
        for (String file : NamedManifests.files(paths, recursive ? NamedManifests.DEEPEST_DIRECTORY : 1, spec)) {
            note("reading " + file);
            boolean stdin = file.equals(NamedManifests.STDIN);
            String text = stdin
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
            input.addText(text, stdin ? "<stdin>" : file);
        }
    }

    /// A mesh on this machine comes from files.
    ///
    /// @return whether it is a cluster
    private boolean readWhatRuns(AnalysisInput input) throws IOException {
        if (!target.isThere()) {
            return false;
        }
        Optional<ClusterMesh> cluster = target.cluster();
        if (cluster.isPresent()) {
            note("reading the cluster at " + cluster.get().cluster().address());
            input.addCluster(cluster.get().cluster()).forEach(this::warn);
            return true;
        }
        for (Path file : new Manifests(target.manifests()).versions().keySet()) {
            note("reading " + file + ", which runs");
            input.addText(Files.readString(file), file.toString());
        }
        return false;
    }

    private void show(List<Message> messages, AnalysisInput input) {
        List<Message> all = new ArrayList<>(ignoreUnknown ? List.of() : input.unreadable());
        all.addAll(messages);
        switch (format) {
            case LOG -> print(log(all));
            case JSON -> print(Json.write(Json.tree(AnalysisText.data(all))) + "\n");
            case YAML -> print(Yaml.write(Json.tree(AnalysisText.data(all))));
        }
    }

    private String log(List<Message> messages) {
        StringBuilder text = new StringBuilder();
        messages.forEach(message -> text.append(AnalysisText.line(message)));
        if (messages.isEmpty()) {
            text.append("✔ No validation issues found when analyzing ")
                    .append(looked())
                    .append(".\n");
        }
        return text.toString();
    }

    private String looked() {
        if (!paths.isEmpty() && !useKube) {
            return String.join(", ", paths);
        }
        return allNamespaces ? "all namespaces" : "namespace: " + namespace();
    }

    private static String analyzers() {
        Table table = new Table(2, "NAME", "DESCRIPTION");
        Analyzer.all()
                .forEach(analyzer -> table.row(
                        analyzer.name(),
                        analyzer.description() + (analyzer.byDefault() ? "" : " (only by --analyzer)")));
        return table.toString();
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }

    private void note(String text) {
        if (verbose) {
            warn(text);
        }
    }

    private void warn(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(text);
        err.flush();
    }
}
