package dev.lateen.cli;

import dev.lateen.kubernetes.install.MeshManifests;
import dev.lateen.kubernetes.operator.OperatorReader;
import dev.lateen.kubernetes.operator.OperatorSpec;
import dev.lateen.model.diagnostic.Diagnostic;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// What is to be installed: files, settings and a few names, as Istio's commands take them.
final class OperatorOptions {
    static final String HUB = "lateen.local";
    static final String TAG = "dev";
    private static final String STDIN = "-";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            description = "An IstioOperator; may be given several times, later ones win; - is standard input.")
    private List<String> files = List.of();

    @Option(
            names = {"-s", "--set"},
            paramLabel = "PATH=VALUE",
            description = "A setting below the operator's spec, such as profile=demo, values.global.hub=HUB or"
                    + " components.ingressGateways[name:istio-ingressgateway].enabled=false; wins over files.")
    private List<String> settings = List.of();

    @Option(
            names = {"-i", "--istioNamespace"},
            paramLabel = "NAME",
            description = "The control plane's namespace (default: istio-system).")
    private String namespace = "";

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "NAME",
            description = "The control plane's revision.")
    private String revision = "";

    /// Whether more is said than which installation is meant.
    boolean isGiven() {
        return !files.isEmpty() || !settings.isEmpty();
    }

    /// Which control plane is meant: by its option, or by a setting.
    String revision() {
        String set = settings.stream()
                .filter(one -> one.startsWith("revision="))
                .reduce("", (_, last) -> last.substring("revision=".length()));
        return !set.isEmpty() ? set : revision.isEmpty() ? "default" : revision;
    }

    String namespace() {
        return namespace.isEmpty() ? "istio-system" : namespace;
    }

    /// What was asked for; what is wrong with it is printed.
    Optional<OperatorSpec> read() throws IOException {
        return read(Optional.empty());
    }

    /// @param base what a cluster was asked for before, over which the options are laid
    Optional<OperatorSpec> read(Optional<ObjectNode> base) throws IOException {
        OperatorReader reader = new OperatorReader();
        base.ifPresent(object -> reader.addFile(object.toString(), "the cluster's IstioOperator"));
        for (String file : files) {
            boolean stdin = file.equals(STDIN);
            String text = stdin
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
            reader.addFile(text, stdin ? "<stdin>" : file);
        }
        if (!namespace.isEmpty()) {
            reader.addSetting("namespace=" + namespace);
        }
        if (!revision.isEmpty()) {
            reader.addSetting("revision=" + revision);
        }
        settings.forEach(reader::addSetting);
        Optional<OperatorSpec> read = reader.spec(HUB, TAG);
        print(reader.findings());
        return read;
    }

    /// The objects; empty where something is wrong, which is printed.
    Optional<MeshManifests> manifests() throws IOException {
        return read().flatMap(this::manifests);
    }

    Optional<MeshManifests> manifests(OperatorSpec asked) {
        MeshManifests manifests = MeshManifests.of(asked);
        print(manifests.findings());
        return Diagnostic.anyError(manifests.findings()) ? Optional.empty() : Optional.of(manifests);
    }

    private void print(List<Diagnostic> findings) {
        PrintWriter err = spec.commandLine().getErr();
        for (Diagnostic one : findings) {
            String text = one.at().line() > 0 ? one.toString() : one.severity().word() + ": " + one.summary();
            err.println(text.replaceFirst("^(--set .*?):1:1: ", "$1: ")
                    + (one.advice().isEmpty() ? "" : "; " + one.advice()));
        }
        err.flush();
    }
}
