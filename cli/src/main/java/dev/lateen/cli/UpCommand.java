package dev.lateen.cli;

import dev.lateen.cli.diagnosis.ResourceFates;
import dev.lateen.cli.mesh.HttpPort;
import dev.lateen.cli.output.Json;
import dev.lateen.local.Mesh;
import dev.lateen.local.MeshSettings;
import dev.lateen.local.MeshState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `up`: runs manifests as a mesh on this machine until it is told to end.
@Command(
        name = "up",
        description = {
            "Run Kubernetes and Istio manifests as a mesh on this machine.",
            "Each replica of each Deployment becomes local processes with a sidecar, an identity and an address of its own."
                    + " Edits of the files apply at once. Ctrl-C or `lateen down` ends it all."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  lateen up shop/                          explicit capture, for anybody",
            "  sudo ./lateen up shop/ --capture transparent",
            "  lateen up shop/ --proxy envoy            with real Envoy as sidecar and gateway"
        },
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files and directories with manifests.")
    private List<Path> paths = List.of();

    @Mixin
    private MeshOptions options = new MeshOptions();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long pods may take to be ready before it is said (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds = 120;

    @Override
    public Integer call() throws InterruptedException {
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new ParameterException(spec.commandLine(), path + ": no such file or directory");
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        MeshSettings settings = options.settings(paths, Map.of());
        refuseSecond(settings);
        Mesh mesh = new Mesh(settings, line -> {
            out.println(line);
            out.flush();
        });
        Shutdown.register(mesh::close);
        mesh.start();
        if (mesh.awaitReady(Duration.ofSeconds(timeoutSeconds))) {
            out.println("the mesh '" + settings.name() + "' is ready; logs are in " + settings.logs());
            mesh.gatewayLines().forEach(out::println);
            printTroubles(settings, out);
        } else {
            out.println("not every pod is ready after " + timeoutSeconds + " s; logs are in " + settings.logs());
        }
        out.flush();
        new CountDownLatch(1).await(); // the shutdown hook ends the process
        return 0;
    }

    /// A mesh is ready also where some of its resources are not in force.
    private static void printTroubles(MeshSettings settings, PrintWriter out) {
        Optional<MeshState> state = MeshState.read(settings.home());
        if (state.isEmpty()) {
            return;
        }
        try {
            String page = HttpPort.at(state.get().debugAddress()).get("/debug/statusz");
            ResourceFates fates =
                    ResourceFates.of(List.of(Json.read(page)), List.of(), "").inTrouble();
            if (!fates.isEmpty()) {
                out.println("not everything is in force (`lateen status` shows it as it is then):");
                out.print(fates.text());
            }
        } catch (IOException failure) {
            out.println("the control plane does not say whether everything is in force: " + failure.getMessage());
        }
    }

    static void refuseSecond(MeshSettings settings) {
        MeshState.read(settings.home()).filter(MeshState::alive).ifPresent(running -> {
            throw new IllegalStateException("the mesh '" + running.name() + "' is already running (pid " + running.pid()
                    + "): end it with `lateen down`, or give this one another --name");
        });
    }
}
