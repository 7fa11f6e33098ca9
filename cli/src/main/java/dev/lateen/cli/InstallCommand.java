package dev.lateen.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `install`: puts the mesh into a cluster and waits until it serves.
@Command(
        name = "install",
        aliases = "apply",
        description = {
            "Install the mesh in a Kubernetes cluster, or bring what is there in line.",
            "What an earlier installation made and this one has no more is removed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  lateen install --set profile=default -y",
            "  lateen install -f operator.yaml --set hub=registry.example/lateen --set tag=0.1.0",
            "  lateen install --set profile=demo --dry-run"
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class InstallCommand implements Callable<Integer> {
    @Mixin
    private InstallRun run = new InstallRun();

    @Override
    public Integer call() throws IOException, InterruptedException {
        return run.run(false);
    }
}
