package dev.lateen.cli;

import dev.lateen.cli.dump.ConfigDump;
import dev.lateen.cli.mesh.PodProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// Where a command takes a proxy's configuration from: a running pod, or a file.
final class DumpSource {
    private static final String STDIN = "-";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "[TYPE/]NAME[.NAMESPACE]",
            description = "A pod, or a workload whose first pod is meant.",
            defaultValue = "")
    private String pod = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "A saved answer of /config_dump instead of a pod; - is standard input.",
            defaultValue = "")
    private String file = "";

    @Mixin
    private AdminPort admin = new AdminPort();

    @Mixin
    private MeshTarget target = new MeshTarget();

    /// The mesh that the pod is looked for in.
    MeshTarget target() {
        return target;
    }

    ConfigDump dump() throws IOException {
        return ConfigDump.parse(text("/config_dump?include_eds"), from());
    }

    /// The tree at an admin path, or the file whatever it holds.
    JsonNode tree(String path) throws IOException {
        return ConfigDump.json(text(path), from());
    }

    private String text(String path) throws IOException {
        if (!file.isEmpty()) {
            return file.equals(STDIN)
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        }
        return admin.of(proxy()).get(path);
    }

    private String from() {
        return file.isEmpty() ? "the answer of " + pod : file.equals(STDIN) ? "<stdin>" : file;
    }

    PodProxy proxy() throws IOException {
        if (pod.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "a pod is missing (expected: [TYPE/]NAME[.NAMESPACE], or --file FILE)");
        }
        return target.pod(pod);
    }
}
