package dev.lateen.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `upgrade`: replaces the mesh of a cluster in place.
@Command(
        name = "upgrade",
        description = {
            "Bring the mesh of a cluster to what this version installs, and what the options say.",
            "Settings of the installation that is there stay where the options say nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  lateen upgrade --set tag=0.2.0 -y", "  lateen upgrade -f operator.yaml --dry-run"},
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class UpgradeCommand implements Callable<Integer> {
    @Mixin
    private InstallRun run = new InstallRun();

    @Override
    public Integer call() throws IOException, InterruptedException {
        return run.run(true);
    }
}
