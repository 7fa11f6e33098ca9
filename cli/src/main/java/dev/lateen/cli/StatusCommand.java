package dev.lateen.cli;

import dev.lateen.cli.diagnosis.ResourceFates;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `status`: what became of each resource of a mesh.
@Command(
        name = "status",
        description = {
            "Say what became of each resource: accepted, in conflict with which other one, in force on how many proxies"
                    + " by their own acknowledgement, refused by which and why, and what its limits come to.",
            "Exit status 0: all are accepted and none is refused, 1: one is not, or there is none of that name."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} status",
            "  ${ROOT-COMMAND-NAME} status virtualservice/reviews.shop",
            "  ${ROOT-COMMAND-NAME} status .shop -o json"
        },
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "KIND/NAME.NAMESPACE",
            description = "Which ones: any part of that (default: all).",
            defaultValue = "")
    private String wanted = "";

    @Mixin
    private ControlPlanes controlPlanes = new ControlPlanes();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        List<JsonNode> statuses = new ArrayList<>();
        List<JsonNode> configuration = new ArrayList<>();
        for (ControlPlaneAddress plane : controlPlanes.of(target)) {
            statuses.add(Json.read(plane.debug().get("/debug/statusz")));
            configuration.addAll(Json.items(Json.read(plane.debug().get("/debug/configz"))));
        }
        if (statuses.isEmpty()) {
            throw new IOException("no control plane to ask: start a mesh with `lateen up DIR`, or set KUBECONFIG");
        }
        ResourceFates fates = ResourceFates.of(statuses, configuration, wanted);
        if (fates.isEmpty() && !wanted.isEmpty()) {
            spec.commandLine().getErr().println("no resource's KIND/NAME.NAMESPACE holds '" + wanted + "'");
            spec.commandLine().getErr().flush();
            return 1;
        }
        output.show(fates::text, fates::json);
        return fates.areGood() ? 0 : 1;
    }
}
