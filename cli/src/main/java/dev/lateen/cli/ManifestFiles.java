package dev.lateen.cli;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads files of manifests as trees, and keeps what is wrong with them for the end.
final class ManifestFiles {
    private static final String STDIN = "-";

    private final CommandSpec spec;
    private final List<Diagnostic> found = new ArrayList<>();

    /// @param spec of the command that reads
    ManifestFiles(CommandSpec spec) {
        this.spec = spec;
    }

    /// The documents of a file; `-` is standard input.
    List<JsonNode> documents(String name) throws IOException {
        boolean stdin = name.equals(STDIN);
        String text =
                stdin ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : Files.readString(Path.of(name));
        List<JsonNode> trees = new ArrayList<>();
        for (YamlDocument document : new YamlReader(YamlLimits.DEFAULT).read(text, stdin ? "<stdin>" : name)) {
            switch (document) {
                case YamlDocument.Read(var root, var _) -> trees.add(Trees.of(root));
                case YamlDocument.Broken broken -> found.addAll(broken.diagnostics());
            }
        }
        return trees;
    }

    /// The one object of a file.
    ObjectNode object(String name) throws IOException {
        List<JsonNode> documents = documents(name);
        if (documents.size() == 1 && documents.getFirst() instanceof ObjectNode object) {
            return object;
        }
        throw new ParameterException(spec.commandLine(), name + ": expected one object in YAML or JSON");
    }

    void add(List<Diagnostic> more) {
        found.addAll(more);
    }

    /// Says what was wrong.
    ///
    /// @return the exit status: 0 for nothing
    int reportProblems() {
        PrintWriter err = spec.commandLine().getErr();
        for (Diagnostic one : found) {
            err.println(one.at().line() > 0 ? one.toString() : "error: " + one.summary());
        }
        err.flush();
        return found.isEmpty() ? 0 : 1;
    }
}
