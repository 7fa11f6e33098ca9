package dev.lateen.cli;

import dev.lateen.cli.explain.DryRun;
import dev.lateen.cli.mesh.PodProxy;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `route`: which rule a request would take, by the routes that a proxy has in force.
@Command(
        name = "route",
        description = {
            "Say which rule a request of a pod would take: resource and line, destination, subset, endpoints, timeout,"
                    + " retries, and which rules it misses by how little. Nothing is sent.",
            "Policies are left out: 'explain --from' tells of them too.",
            "Exit status 0: it would be served, 1: no rule takes it, or nobody is there to serve it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} route --from deploy/order-service http://user-service/api/users",
            "  ${ROOT-COMMAND-NAME} route --from deploy/order-service -X POST user-service:8080/api -H 'x-canary: yes'",
            "  ${ROOT-COMMAND-NAME} route --from deploy/istio-ingressgateway.istio-system http://shop.test/ --claim group=testers"
        },
        mixinStandardHelpOptions = true)
final class RouteCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "URL", description = "What is asked, as curl takes it.")
    private String what = "";

    @Option(
            names = "--from",
            paramLabel = "[TYPE/]NAME[.NAMESPACE]",
            required = true,
            description = "Whose request it is: a pod, a workload, a gateway.")
    private String from = "";

    @Mixin
    private RequestOptions request = new RequestOptions();

    @Mixin
    private AdminPort admin = new AdminPort();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        DryRun.Asked asked = request.asked(from, what, spec);
        PodProxy client = target.pod(from);
        DryRun run = DryRun.ofRoute(asked.by(client.name()), admin.of(client));
        output.show(run::text, run::json);
        return run.passes() ? 0 : 1;
    }
}
