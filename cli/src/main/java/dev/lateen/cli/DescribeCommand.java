package dev.lateen.cli;

import dev.lateen.cli.diagnosis.Description;
import dev.lateen.cli.diagnosis.MeshPages;
import dev.lateen.cli.mesh.ClusterMesh;
import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.kubernetes.cluster.Cluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `x describe`: what the mesh does with a pod or a Service.
@Command(
        name = "describe",
        aliases = "des",
        description =
                "Describe what the mesh does with a pod or a Service, here or in a cluster: ports, routes, rules, mutual TLS,"
                        + " policies, gateways, and what is wrong.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} x describe pod order-service-7c9f-x2.shop",
            "  ${ROOT-COMMAND-NAME} x describe service user-service -n shop"
        },
        mixinStandardHelpOptions = true)
final class DescribeCommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private interface Words {
        String of(ClusterMesh mesh) throws IOException;
    }

    @Command(
            name = "pod",
            aliases = "po",
            description = "Describe a pod, or the first of a workload.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} x describe pod order-service-7c9f-x2.shop",
                "  ${ROOT-COMMAND-NAME} x describe pod deploy/order-service -n shop"
            },
            mixinStandardHelpOptions = true)
    int pod(
            @Parameters(paramLabel = "[TYPE/]NAME[.NAMESPACE]", description = "Which one.") String pod,
            @Mixin MeshTarget target)
            throws IOException {
        if (!target.isInCluster()) {
            LocalObjects objects = LocalObjects.of(target);
            return print(Description.ofPod(objects.pod(target.pod(pod).name()), objects.services(), pages(target)));
        }
        return show(target, mesh -> {
            PodFacts facts = mesh.facts(pod, target.namespace());
            return Description.ofPod(facts, services(mesh.cluster()), new ClusterReading(mesh).pages());
        });
    }

    @Command(
            name = "service",
            aliases = "svc",
            description = "Describe a Service.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} x describe service user-service.shop",
            mixinStandardHelpOptions = true)
    int service(
            @Parameters(paramLabel = "NAME[.NAMESPACE]", description = "Which one.") String service,
            @Mixin MeshTarget target)
            throws IOException {
        if (!target.isInCluster()) {
            LocalObjects objects = LocalObjects.of(target);
            String given = target.namespace().isEmpty() ? "default" : target.namespace();
            ObjectNode found = objects.service(service.substring(service.indexOf('/') + 1), given);
            return print(Description.ofService(found, objects.podsOf(found), objects.services(), pages(target)));
        }
        return show(target, mesh -> {
            Cluster cluster = mesh.cluster();
            int dot = service.indexOf('.');
            String name = service.substring(service.indexOf('/') + 1, dot < 0 ? service.length() : dot);
            String given = target.namespace().isEmpty() ? cluster.namespace() : target.namespace();
            String namespace = dot < 0 ? given : service.substring(dot + 1).replaceFirst("\\..*", "");
            List<ObjectNode> services = services(cluster);
            ObjectNode found = services.stream()
                    .filter(one ->
                            one.path("metadata").path("name").asString("").equals(name)
                                    && one.path("metadata")
                                            .path("namespace")
                                            .asString("")
                                            .equals(namespace))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no Service '" + name + "' in namespace "
                            + namespace + " of " + cluster.address() + " (-n names another)"));
            return Description.ofService(found, mesh.podsOf(found), services, new ClusterReading(mesh).pages());
        });
    }

    private static List<ObjectNode> services(Cluster cluster) throws IOException {
        return cluster.list("v1", "Service", Map.of());
    }

    private static MeshPages pages(MeshTarget target) throws IOException {
        return ClusterReading.pages(target.controlPlanes());
    }

    private int show(MeshTarget target, Words words) throws IOException {
        return print(target.askCluster(words::of));
    }

    private int print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
        return 0;
    }
}
