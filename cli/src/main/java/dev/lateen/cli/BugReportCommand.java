package dev.lateen.cli;

import dev.lateen.cli.mesh.ClusterMesh;
import dev.lateen.cli.output.Archive;
import dev.lateen.local.MeshState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `bug-report`: what somebody elsewhere needs to find a fault, in one file.
@Command(
        name = "bug-report",
        description = {
            "Collect what is needed to find a fault in one archive: objects of the mesh, its pods and their logs, what the"
                    + " proxies hold, and the control plane's debug pages; of a cluster, or of a mesh on this machine.",
            "Private keys, tokens, passwords and what Secrets hold are taken out; look at it yet before you send it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} bug-report",
            "  ${ROOT-COMMAND-NAME} bug-report --include shop,web --file /tmp/report.zip",
            "  ${ROOT-COMMAND-NAME} bug-report --max-proxies 5 --log-lines 500"
        },
        mixinStandardHelpOptions = true)
final class BugReportCommand implements Callable<Integer> {
    private static final int MOST_OF_ONE = 8 << 20;
    private static final long MEGABYTE = 1 << 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "The archive, which must not exist (default: ${DEFAULT-VALUE}).",
            defaultValue = "bug-report.zip")
    private Path file = Path.of("bug-report.zip");

    @Option(
            names = "--include",
            paramLabel = "NAMESPACE",
            split = ",",
            description = "Namespaces whose pods count (default: all that have pods of the mesh).")
    private List<String> namespaces = List.of();

    @Option(
            names = "--max-proxies",
            paramLabel = "NUMBER",
            description = "Proxies whose configuration and logs are taken (default: ${DEFAULT-VALUE}).",
            defaultValue = "30")
    private int proxies = 30;

    @Option(
            names = "--log-lines",
            paramLabel = "NUMBER",
            description = "The last lines of each log (default: ${DEFAULT-VALUE}).",
            defaultValue = "2000")
    private int lines = 2000;

    @Option(
            names = "--max-size",
            paramLabel = "MEGABYTES",
            description = "Of everything together, before it is compressed (default: ${DEFAULT-VALUE}).",
            defaultValue = "200")
    private int megabytes = 200;

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Override
    public Integer call() throws IOException {
        if (Files.exists(file)) {
            throw new IOException(file + " is there already: --file names another");
        }
        PrintWriter out = spec.commandLine().getOut();
        int leftOut = target.isInCluster() ? target.askCluster(this::ofCluster) : ofMesh(target.requiredHere());
        out.println(file + ": " + Files.size(file) / 1024 + " KiB"
                + (leftOut == 0 ? "" : ", " + leftOut + " files had no room (--max-size)"));
        out.println(
                "Keys, tokens, passwords and the content of Secrets were taken out. Look at it before you send it.");
        out.flush();
        return 0;
    }

    private int ofCluster(ClusterMesh mesh) throws IOException {
        return written(report ->
                new ClusterReport(mesh, report, new ClusterReport.Bounds(namespaces, proxies, lines)).collect());
    }

    private int ofMesh(MeshState mesh) throws IOException {
        return written(report -> new LocalReport(mesh, report, proxies, lines).collect());
    }

    private interface Collection {
        void into(Report report) throws IOException;
    }

    /// How many files had no room. Not before it is known what to collect: a file that is there is never written over.
    private int written(Collection collection) throws IOException {
        try (Archive archive = Archive.create(file, MOST_OF_ONE, megabytes * MEGABYTE)) {
            Report report = new Report(archive);
            collection.into(report);
            report.end();
            return archive.leftOut();
        }
    }
}
