package dev.lateen.cli;

import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.local.process.Children;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `dashboard`: the pages that show the mesh, in a browser.
@Command(
        name = "dashboard",
        aliases = {"dash", "d"},
        description = {
            "Open the dashboard of a running mesh: its graph with live traffic, its configuration and its proxies.",
            "`dashboard kiali` opens the same, since it answers what Kiali is asked.",
            "Where the mesh is in a cluster, a way to its control plane stays open until Ctrl-C."
        },
        subcommands = DashboardKialiCommand.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} dashboard",
            "  ${ROOT-COMMAND-NAME} dashboard kiali",
            "  ${ROOT-COMMAND-NAME} dashboard --mesh shop --browser=false"
        },
        mixinStandardHelpOptions = true)
final class DashboardCommand implements Callable<Integer> {
    private static final String PATH = "/dashboard/";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Page page = new Page();

    @Override
    public Integer call() throws IOException, InterruptedException {
        return page.open(spec.commandLine().getOut());
    }

    /// Which dashboard, and whether a browser is to show it.
    static final class Page {
        @Option(
                names = "--browser",
                paramLabel = "BOOLEAN",
                description = "Open it in a browser (default: ${DEFAULT-VALUE}).",
                defaultValue = "true",
                arity = "1")
        private boolean browser = true;

        @Mixin
        private ControlPlanes controlPlanes = new ControlPlanes();

        @Mixin
        private MeshTarget target = new MeshTarget();

        /// @throws IOException when no control plane answers
        int open(PrintWriter out) throws IOException, InterruptedException {
            String url = "http://" + answering().debug().address() + PATH;
            out.println(url);
            out.flush();
            if (browser) {
                show(url, out);
            }
            if (target.cluster().isPresent()) {
                out.println("the way there is open until Ctrl-C");
                out.flush();
                new CountDownLatch(1).await(); // the end of the process closes it
            }
            return 0;
        }

        private ControlPlaneAddress answering() throws IOException {
            IOException last = new IOException("no mesh runs on this machine: start one with `lateen up DIR`");
            for (ControlPlaneAddress one : controlPlanes.of(target)) {
                try {
                    one.debug().get(PATH);
                    return one;
                } catch (IOException failure) {
                    last = failure; // another may answer
                }
            }
            throw last;
        }

        private static void show(String url, PrintWriter out) throws IOException {
            for (String opener : List.of("xdg-open", "open")) {
                if (Children.onPath(opener).isPresent()) {
                    new ProcessBuilder(opener, url)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
                    return;
                }
            }
            out.println("there is nothing here that opens a browser: give it the address above");
            out.flush();
        }
    }
}
