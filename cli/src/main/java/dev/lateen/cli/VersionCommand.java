package dev.lateen.cli;

import dev.lateen.cli.dump.SyncTable;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `version`: which release this is, and which ones run in the meshes on this machine or in a cluster.
@Command(
        name = "version",
        description = "Print the versions of this command, of running control planes and of their proxies.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} version",
            "  ${ROOT-COMMAND-NAME} version --short --remote=false",
            "  ${ROOT-COMMAND-NAME} version -o json"
        },
        mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-s", "--short"},
            arity = "0..1",
            paramLabel = "BOOL",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Print this command's number only.")
    private boolean numberOnly;

    @Option(
            names = "--remote",
            arity = "0..1",
            paramLabel = "BOOL",
            fallbackValue = "true",
            defaultValue = "true",
            description = "Ask the running meshes too (default: ${DEFAULT-VALUE}).")
    private boolean remote = true;

    @Mixin
    private OutputOption output = new OutputOption();

    @Mixin
    private MeshTarget target = new MeshTarget();

    /// What is known of a running mesh.
    private record Running(String controlPlane, String version, SyncTable proxies) {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Running> running = remote && !numberOnly ? running() : List.of();
        if (output.format().isEmpty()) {
            out.print(text(running)); // without loading JSON: this is the command that says that all is well
        } else {
            out.print(output.print(() -> text(running), () -> Json.tree(tree(running))));
        }
        out.flush();
        return 0;
    }

    private String text(List<Running> running) {
        if (numberOnly) {
            return version() + "\n";
        }
        StringBuilder text = new StringBuilder();
        text.append("client version: ").append(version());
        text.append(" (Java ").append(Runtime.version()).append(")\n");
        for (Running one : running) {
            text.append("control plane version: ").append(one.version()).append('\n');
            if (!one.proxies().isEmpty()) {
                text.append("data plane version: ")
                        .append(one.proxies().versions().entrySet().stream()
                                .map(entry -> entry.getKey() + " (" + entry.getValue()
                                        + (entry.getValue() == 1 ? " proxy)" : " proxies)"))
                                .collect(Collectors.joining(", ")))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static Object tree(List<Running> running) {
        var tree = Json.object(
                "clientVersion",
                Json.object("version", version(), "java", Runtime.version().toString()));
        if (!running.isEmpty()) {
            tree.put(
                    "meshVersion",
                    running.stream()
                            .map(one -> Json.object(
                                    "Component", one.controlPlane(), "Info", Json.object("version", one.version())))
                            .toList());
            tree.put(
                    "dataPlaneVersion",
                    running.stream()
                            .flatMap(one -> one.proxies().proxies().stream())
                            .map(proxy -> Json.object(
                                    "ID", Json.text(proxy, "proxy"), "IstioVersion", Json.text(proxy, "istio_version")))
                            .toList());
        }
        return tree;
    }

    /// Of meshes that run here, or of the cluster's; where neither is at hand, nothing is looked for.
    private List<Running> running() {
        PrintWriter err = spec.commandLine().getErr();
        List<Running> found = new ArrayList<>();
        try {
            for (ControlPlaneAddress one : target.isThere() ? target.controlPlanes() : List.<ControlPlaneAddress>of()) {
                try {
                    SyncTable proxies = new SyncTable();
                    proxies.add(one.name(), Json.read(one.debug().get("/debug/syncz")), target.namespace());
                    found.add(new Running(one.name(), controlPlaneVersion(one), proxies));
                } catch (IOException failure) {
                    err.println(one.name() + ": " + failure.getMessage());
                }
            }
        } catch (IOException failure) {
            err.println("no control plane was asked: " + failure.getMessage());
        }
        return found;
    }

    private static String controlPlaneVersion(ControlPlaneAddress one) {
        try {
            return one.debug().get("/version").strip();
        } catch (IOException _) {
            return "unknown";
        }
    }

    static String version() {
        Properties properties = new Properties();
        try (InputStream stream = VersionCommand.class.getResourceAsStream("version.properties")) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return properties.getProperty("version", "unknown");
    }

    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"lateen " + version()};
        }
    }
}
