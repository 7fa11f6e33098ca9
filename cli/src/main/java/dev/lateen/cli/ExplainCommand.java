package dev.lateen.cli;

import dev.lateen.cli.explain.ControlPlanePlaces;
import dev.lateen.cli.explain.DryRun;
import dev.lateen.cli.explain.ExplanationText;
import dev.lateen.cli.explain.ExplanationText.Hop;
import dev.lateen.cli.explain.MeshDecisions;
import dev.lateen.cli.mesh.PodProxy;
import dev.lateen.cli.output.Json;
import dev.lateen.dashboard.explain.Decision;
import dev.lateen.dashboard.explain.Explainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `explain`: why a request was answered as it was, hop by hop.
@Command(
        name = "explain",
        description = {
            "Say why a request was answered as it was, hop by hop, with the resource and line behind it, the live values"
                    + " of the decision, and what to change.",
            "Each proxy keeps its last requests, failures longer than others; for Envoy the agent beside it does.",
            "With --from: say what a request would meet on its way, by the routes, hosts and policies in force.",
            "Exit status 0: explained, or would pass; 1: no proxy knows the request, or it would be refused."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} explain 5f3b1c1e-9f0a-4a55-8d0e-2a6a3c1d7b11     the x-request-id of the answer",
            "  ${ROOT-COMMAND-NAME} explain 5f3b1c1e-9f0a-4a55-8d0e-2a6a3c1d7b11 -o json",
            "  ${ROOT-COMMAND-NAME} explain --from deploy/order-service http://user-service/api/users -H 'x-canary: yes'",
            "  ${ROOT-COMMAND-NAME} tap --failures --once                  which requests there are to explain"
        },
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "REQUEST-ID|URL",
            description =
                    "The x-request-id of a request, as answers and logs show it; with --from what would be asked.")
    private String what = "";

    @Option(
            names = "--from",
            paramLabel = "[TYPE/]NAME[.NAMESPACE]",
            description = "Say what a request of this pod would meet, without sending it.",
            defaultValue = "")
    private String from = "";

    @Mixin
    private RequestOptions request = new RequestOptions();

    @Mixin
    private ControlPlanes controlPlanes = new ControlPlanes();

    @Mixin
    private AdminPort admin = new AdminPort();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        return from.isEmpty() ? explain() : dryRun();
    }

    private int dryRun() throws IOException {
        PodProxy client = target.pod(from);
        DryRun.Asked asked = request.asked(client.name(), what, spec);
        DryRun run = DryRun.of(asked, admin.of(client), controlPlanes.of(target));
        output.show(run::text, run::json);
        return run.passes() ? 0 : 1;
    }

    private int explain() throws IOException {
        MeshDecisions mesh = new MeshDecisions(target.pods(), admin.decisions());
        List<Decision> found = mesh.find("nearly&id=" + URLEncoder.encode(what, StandardCharsets.UTF_8));
        PrintWriter err = spec.commandLine().getErr();
        if (!mesh.silent().isEmpty()) {
            err.println("these proxies cannot be reached, or keep no decisions (Envoy without our agent keeps none): "
                    + String.join(", ", mesh.silent()));
        }
        if (found.isEmpty()) {
            err.println("no proxy knows request " + what + " (any more): each keeps its last requests only");
            return 1;
        }
        Explainer explainer = new Explainer(new ControlPlanePlaces(controlPlanes.of(target)));
        List<Hop> hops = found.stream()
                .map(decision -> new Hop(decision, explainer.explain(decision)))
                .toList();
        output.show(() -> ExplanationText.of(hops), () -> Json.tree(ExplanationText.data(hops, mesh.silent())));
        return 0;
    }
}
