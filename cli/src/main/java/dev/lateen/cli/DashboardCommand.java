package dev.lateen.cli;

import dev.lateen.cli.mesh.ControlPlaneAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
        subcommands = {DashboardKialiCommand.class, DashboardProxyCommand.class, DashboardDebugCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} dashboard",
            "  ${ROOT-COMMAND-NAME} dashboard kiali",
            "  ${ROOT-COMMAND-NAME} dashboard prometheus",
            "  ${ROOT-COMMAND-NAME} dashboard envoy deploy/order-service",
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

    @Command(
            name = "prometheus",
            description = "Open Prometheus, where it runs in the control plane's namespace.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} dashboard prometheus",
                "  ${ROOT-COMMAND-NAME} dashboard prometheus -n monitoring"
            },
            mixinStandardHelpOptions = true)
    int prometheus(@Mixin AddonPage addon) throws IOException, InterruptedException {
        return addon.open("prometheus", 9090, spec.commandLine().getOut());
    }

    @Command(
            name = "grafana",
            description = {
                "Open Grafana, where it runs in the control plane's namespace.",
                "deploy/grafana has dashboards of the mesh for it."
            },
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} dashboard grafana",
            mixinStandardHelpOptions = true)
    int grafana(@Mixin AddonPage addon) throws IOException, InterruptedException {
        return addon.open("grafana", 3000, spec.commandLine().getOut());
    }

    @Command(
            name = "jaeger",
            description = "Open Jaeger, where it runs in the control plane's namespace.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} dashboard jaeger",
            mixinStandardHelpOptions = true)
    int jaeger(@Mixin AddonPage addon) throws IOException, InterruptedException {
        return addon.open("jaeger", 16686, spec.commandLine().getOut());
    }

    @Command(
            name = "zipkin",
            description = "Open Zipkin, where it runs in the control plane's namespace.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} dashboard zipkin",
            mixinStandardHelpOptions = true)
    int zipkin(@Mixin AddonPage addon) throws IOException, InterruptedException {
        return addon.open("zipkin", 9411, spec.commandLine().getOut());
    }

    @Command(
            name = "skywalking",
            description = "Open SkyWalking, where its pages (skywalking-ui) are in the control plane's namespace.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} dashboard skywalking",
            mixinStandardHelpOptions = true)
    int skywalking(@Mixin AddonPage addon) throws IOException, InterruptedException {
        return addon.open("skywalking-ui", 8080, spec.commandLine().getOut());
    }

    /// Which dashboard, and whether a browser is to show it.
    static final class Page {
        @Mixin
        private Browser browser = new Browser();

        @Mixin
        private ControlPlanes controlPlanes = new ControlPlanes();

        @Mixin
        private MeshTarget target = new MeshTarget();

        /// @throws IOException when no control plane answers
        int open(PrintWriter out) throws IOException, InterruptedException {
            String url = "http://" + answering().debug().address() + PATH;
            browser.show(url, out);
            if (target.cluster().isPresent()) {
                Browser.stay(out);
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
    }
}
