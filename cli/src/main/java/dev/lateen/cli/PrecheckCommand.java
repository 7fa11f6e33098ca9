package dev.lateen.cli;

import dev.lateen.cli.diagnosis.Precheck;
import dev.lateen.cli.output.Json;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.crd.ResourceDefinitions;
import dev.lateen.model.schema.Schemas;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// `x precheck`: whether a cluster can take an installation.
@Command(
        name = "precheck",
        description = {
            "Look whether a mesh can be installed in a cluster, or upgraded: its version, the rights that it takes, meshes"
                    + " that are there, and what is in the way.",
            "Exit status 0: nothing is in the way, 1: something is."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  ${ROOT-COMMAND-NAME} x precheck", "  ${ROOT-COMMAND-NAME} x precheck --context staging -o json"},
        mixinStandardHelpOptions = true)
final class PrecheckCommand implements Callable<Integer> {
    @Mixin
    private MeshTarget target = new MeshTarget();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        List<Precheck.Finding> findings =
                target.askCluster(mesh -> Precheck.of(facts(mesh.cluster(), mesh.systemNamespace())));
        output.show(() -> Precheck.text(findings), () -> Json.tree(findings));
        return findings.stream().anyMatch(Precheck.Finding::blocks) ? 1 : 0;
    }

    private static Precheck.Facts facts(Cluster cluster, String namespace) throws IOException {
        List<Precheck.Right> missing = new ArrayList<>();
        for (Precheck.Right right : Precheck.RIGHTS) {
            if (!cluster.may(right.verb(), right.group(), right.resource(), right.clusterWide() ? "" : namespace)) {
                missing.add(right);
            }
        }
        return new Precheck.Facts(
                Json.read(cluster.page("/version")),
                missing,
                list(cluster, "v1", "Node"),
                list(cluster, "apps/v1", "Deployment"),
                list(cluster, "v1", "Service"),
                list(cluster, "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
                list(cluster, "apiextensions.k8s.io/v1", "CustomResourceDefinition"),
                versions(),
                namespace);
    }

    /// Of the definitions that an installation brings, by name.
    static Map<String, List<String>> versions() {
        Map<String, List<String>> versions = new HashMap<>();
        for (JsonNode definition : ResourceDefinitions.all(Schemas.standard())) {
            versions.put(
                    Json.text(definition, "metadata", "name"),
                    Json.items(definition, "spec", "versions").stream()
                            .map(version -> Json.text(version, "name"))
                            .toList());
        }
        return versions;
    }

    /// What may not be read has been said by the rights that are missing.
    private static List<? extends JsonNode> list(Cluster cluster, String apiVersion, String kind) throws IOException {
        try {
            return cluster.list(apiVersion, kind, Map.of());
        } catch (ClusterException failure) {
            if (failure.isForbidden()) {
                return List.of();
            }
            throw failure;
        }
    }
}
