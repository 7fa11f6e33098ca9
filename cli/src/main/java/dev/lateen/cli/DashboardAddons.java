package dev.lateen.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `dashboard prometheus`, `grafana`, `jaeger` and `zipkin`: ways to what others have installed beside the mesh.
final class DashboardAddons {
    private static final String NAME = "app.kubernetes.io/name";

    private DashboardAddons() {}

    @Command(
            name = "prometheus",
            description = "Open Prometheus, where it runs in the control plane's namespace.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} dashboard prometheus",
                "  ${ROOT-COMMAND-NAME} dashboard prometheus -n monitoring"
            },
            mixinStandardHelpOptions = true)
    static final class Prometheus implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private AddonPage page = new AddonPage();

        @Override
        public Integer call() throws IOException, InterruptedException {
            return page.open("prometheus", NAME, 9090, spec.commandLine().getOut());
        }
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
    static final class Grafana implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private AddonPage page = new AddonPage();

        @Override
        public Integer call() throws IOException, InterruptedException {
            return page.open("grafana", NAME, 3000, spec.commandLine().getOut());
        }
    }

    @Command(
            name = "jaeger",
            description = "Open Jaeger, where it runs in the control plane's namespace.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} dashboard jaeger",
            mixinStandardHelpOptions = true)
    static final class Jaeger implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private AddonPage page = new AddonPage();

        @Override
        public Integer call() throws IOException, InterruptedException {
            return page.open("jaeger", NAME, 16686, spec.commandLine().getOut());
        }
    }

    @Command(
            name = "zipkin",
            description = "Open Zipkin, where it runs in the control plane's namespace.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} dashboard zipkin",
            mixinStandardHelpOptions = true)
    static final class Zipkin implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private AddonPage page = new AddonPage();

        @Override
        public Integer call() throws IOException, InterruptedException {
            return page.open("zipkin", NAME, 9411, spec.commandLine().getOut());
        }
    }
}
