package dev.lateen.cli;

import dev.lateen.cli.mesh.PodProxy;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `dashboard envoy POD`: the admin pages of one proxy.
@Command(
        name = "envoy",
        aliases = "proxy",
        description = "Open the admin pages of a pod's proxy, be it ours or Envoy.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} dashboard envoy order-service-v1-6c4f8.shop",
            "  ${ROOT-COMMAND-NAME} dashboard envoy deploy/order-service-v1 -n shop"
        },
        mixinStandardHelpOptions = true)
final class DashboardProxyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1", paramLabel = "[TYPE/]NAME[.NAMESPACE]", description = "A pod, or one of a workload's.")
    private String pod = "";

    @Mixin
    private AdminPort admin = new AdminPort();

    @Mixin
    private Browser browser = new Browser();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PodProxy proxy = target.pod(pod);
        browser.show(
                "http://" + admin.of(proxy).address() + "/", spec.commandLine().getOut());
        if (target.cluster().isPresent()) {
            Browser.stay(spec.commandLine().getOut());
        }
        return 0;
    }
}
