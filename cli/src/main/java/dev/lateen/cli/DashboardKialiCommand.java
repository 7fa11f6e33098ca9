package dev.lateen.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `dashboard kiali`: what whoever comes from Istio types.
@Command(
        name = "kiali",
        description = "Open the dashboard of a running mesh, which answers what Kiali is asked.",
        footerHeading = "%nExamples:%n",
        footer = {"  ${ROOT-COMMAND-NAME} dashboard kiali"},
        mixinStandardHelpOptions = true)
final class DashboardKialiCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private DashboardCommand.Page page = new DashboardCommand.Page();

    @Override
    public Integer call() throws IOException, InterruptedException {
        return page.open(spec.commandLine().getOut());
    }
}
