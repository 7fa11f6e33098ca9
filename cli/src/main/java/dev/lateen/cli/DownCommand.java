package dev.lateen.cli;

import dev.lateen.local.MeshState;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `down`: ends meshes that `up` or `demo` started.
@Command(
        name = "down",
        description = "End a mesh that runs on this machine; without a name, all of them.",
        footerHeading = "%nExamples:%n",
        footer = {"  lateen down", "  lateen down shop"},
        mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {
    private static final Duration WAIT = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The mesh's name.", defaultValue = "")
    private String name = "";

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<MeshState> meshes = MeshState.running(LateenHome.runDirectory()).stream()
                .filter(mesh -> name.isEmpty() || mesh.name().equals(name))
                .toList();
        if (meshes.isEmpty()) {
            out.println(name.isEmpty() ? "no mesh is running" : "no mesh named '" + name + "' is running");
            return name.isEmpty() ? 0 : 1;
        }
        boolean allEnded = true;
        for (MeshState mesh : meshes) {
            boolean ended = mesh.stop(WAIT);
            allEnded &= ended;
            out.println("mesh '" + mesh.name() + "' "
                    + (ended ? "has ended" : "still runs after " + WAIT.toSeconds() + " s, pid " + mesh.pid()));
        }
        return allEnded ? 0 : 1;
    }
}
