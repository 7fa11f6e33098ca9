package dev.lateen.cli;

import dev.lateen.cli.diagnosis.ChainCheck;
import dev.lateen.cli.diagnosis.Link;
import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `check`: why a workload of a cluster is not reached through the mesh.
@Command(
        name = "check",
        description = {
            "Look for what keeps a workload of a cluster out of the mesh: label, webhook, pod, sidecar, configuration,"
                    + " policies, NetworkPolicies, Service and endpoints, in this order.",
            "It ends at the first link that is broken, with what was found, what is expected and what to do.",
            "Exit status 0: no link is broken, 1: one is, or the cluster cannot be asked."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} check deploy/order-service",
            "  ${ROOT-COMMAND-NAME} check svc/user-service.shop",
            "  ${ROOT-COMMAND-NAME} check order-service-7c9f-x2.shop -o json"
        },
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "[TYPE/]NAME[.NAMESPACE]", description = "A pod, or a workload whose first pod is meant.")
    private String workload = "";

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        List<Link> links = target.askCluster(mesh -> {
            PodFacts pod = mesh.facts(workload, target.namespace());
            return ChainCheck.of(new ClusterReading(mesh).picture(pod));
        });
        output.show(() -> text(links), () -> Json.tree(links));
        return links.getLast().state() == Link.State.BROKEN ? 1 : 0;
    }

    private static String text(List<Link> links) {
        StringBuilder text = new StringBuilder();
        links.forEach(link -> text.append(link.text()));
        text.append(
                links.getLast().state() == Link.State.BROKEN
                        ? "broken: " + links.getLast().name() + "\n"
                        : "no link is broken\n");
        return text.toString();
    }
}
