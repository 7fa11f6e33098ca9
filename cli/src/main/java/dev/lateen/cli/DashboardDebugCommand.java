package dev.lateen.cli;

import dev.lateen.cli.mesh.ControlPlaneAddress;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `dashboard controlz`: the debug pages of a control plane.
@Command(
        name = "controlz",
        aliases = "istiod-debug",
        description = {
            "Open the debug pages of the control plane, which tell what istiod's controlz tells: version, settings,"
                    + " log levels, what each proxy has."
        },
        footerHeading = "%nExamples:%n",
        footer = "  ${ROOT-COMMAND-NAME} dashboard controlz",
        mixinStandardHelpOptions = true)
final class DashboardDebugCommand implements Callable<Integer> {
    private static final String LIST = "/debug/list";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Browser browser = new Browser();

    @Mixin
    private ControlPlanes controlPlanes = new ControlPlanes();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Override
    public Integer call() throws IOException, InterruptedException {
        ControlPlaneAddress first = controlPlanes.of(target).stream()
                .findFirst()
                .orElseThrow(() -> new IOException("no mesh runs on this machine: start one with `lateen up DIR`"));
        browser.show(
                "http://" + first.debug().address() + LIST, spec.commandLine().getOut());
        if (!controlPlanes.areGiven() && target.cluster().isPresent()) {
            Browser.stay(spec.commandLine().getOut());
        }
        return 0;
    }
}
