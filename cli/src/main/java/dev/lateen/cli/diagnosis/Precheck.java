package dev.lateen.cli.diagnosis;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What would be in the way of an installation. Thread: any.
public final class Precheck {
    /// Webhooks that the API server itself decides by expressions, one of which injects by annotation.
    private static final int OLDEST_MINOR = 28;
    /// Sidecars among the init containers.
    private static final int NATIVE_SIDECARS_MINOR = 29;

    private static final String APPS = "apps";
    private static final String RBAC = "rbac.authorization.k8s.io";

    /// What an installation does.
    public static final List<Right> RIGHTS = List.of(
            new Right("create", "", "namespaces", true),
            new Right("create", "apiextensions.k8s.io", "customresourcedefinitions", true),
            new Right("create", RBAC, "clusterroles", true),
            new Right("create", RBAC, "clusterrolebindings", true),
            new Right("create", "admissionregistration.k8s.io", "mutatingwebhookconfigurations", true),
            new Right("create", "admissionregistration.k8s.io", "validatingwebhookconfigurations", true),
            new Right("create", RBAC, "roles", false),
            new Right("create", RBAC, "rolebindings", false),
            new Right("create", "", "serviceaccounts", false),
            new Right("create", "", "services", false),
            new Right("create", "", "configmaps", false),
            new Right("create", APPS, "deployments", false),
            new Right("create", "autoscaling", "horizontalpodautoscalers", false),
            new Right("create", "policy", "poddisruptionbudgets", false),
            new Right("list", "", "pods", true),
            new Right("create", "", "pods/portforward", false));

    private Precheck() {}

    /// @param clusterWide rather than in the control plane's namespace
    public record Right(String verb, String group, String resource, boolean clusterWide) {
        String shown(String namespace) {
            return verb + " " + resource + (group.isEmpty() ? "" : "." + group)
                    + (clusterWide ? " in the whole cluster" : " in namespace " + namespace);
        }
    }

    /// @param version the API server's answer at `/version`
    /// @param missing rights that whoever asks does not have
    /// @param versions of the definitions that an installation brings, by name
    public record Facts(
            JsonNode version,
            List<Right> missing,
            List<? extends JsonNode> nodes,
            List<? extends JsonNode> deployments,
            List<? extends JsonNode> services,
            List<? extends JsonNode> webhooks,
            List<? extends JsonNode> definitions,
            Map<String, List<String>> versions,
            String namespace) {}

    /// @param blocks whether an installation would fail
    public record Finding(boolean blocks, String message, String advice) {}

    /// In the order of their weight.
    public static List<Finding> of(Facts facts) {
        List<Finding> found = new ArrayList<>();
        version(facts, found);
        if (!facts.missing().isEmpty()) {
            found.add(new Finding(
                    true,
                    "rights are missing: "
                            + facts.missing().stream()
                                    .map(one -> one.shown(facts.namespace()))
                                    .collect(Collectors.joining(", ")),
                    "install as a user with cluster-admin, or have them bound to yours"));
        }
        nodes(facts, found);
        controlPlanes(facts, found);
        webhooks(facts, found);
        definitions(facts, found);
        addresses(facts, found);
        return found;
    }

    private static void version(Facts facts, List<Finding> found) {
        int minor = number(Json.text(facts.version(), "minor"));
        String shown = Json.text(facts.version(), "gitVersion");
        if (number(Json.text(facts.version(), "major")) == 1 && minor < OLDEST_MINOR) {
            found.add(new Finding(
                    true,
                    "the API server is " + shown,
                    "1." + OLDEST_MINOR + " or later is needed: upgrade the cluster"));
        } else if (minor < NATIVE_SIDECARS_MINOR) {
            found.add(new Finding(
                    false,
                    "the API server is " + shown + ": it has no native sidecars",
                    "applications wait for their sidecar by a life-cycle hook instead; Jobs end with it only where they tell"
                            + " it to quit"));
        }
    }

    private static void nodes(Facts facts, List<Finding> found) {
        List<String> unready = facts.nodes().stream()
                .filter(one -> Json.items(one, "status", "conditions").stream()
                        .noneMatch(condition -> Json.text(condition, "type").equals("Ready")
                                && Json.text(condition, "status").equals("True")))
                .map(one -> Json.text(one, "metadata", "name"))
                .toList();
        if (!facts.nodes().isEmpty() && unready.size() == facts.nodes().size()) {
            found.add(new Finding(true, "no node is ready: " + String.join(", ", unready), "kubectl describe nodes"));
        }
    }

    private static void controlPlanes(Facts facts, List<Finding> found) {
        for (JsonNode one : facts.deployments()) {
            if (!Json.text(one, "metadata", "labels", "app").equals("istiod")
                    && !Json.text(one, "metadata", "name").startsWith("istiod")) {
                continue;
            }
            String namespace = Json.text(one, "metadata", "namespace");
            String image = Json.items(one, "spec", "template", "spec", "containers").stream()
                    .map(container -> Json.text(container, "image"))
                    .findFirst()
                    .orElse("");
            boolean ours = Json.items(one, "spec", "template", "spec", "containers").stream()
                    .anyMatch(container -> container.toString().contains("lateen"));
            boolean ready = Json.at(one, "status", "readyReplicas").asInt(0) > 0;
            String name = Json.text(one, "metadata", "name") + "." + namespace;
            if (!ours && namespace.equals(facts.namespace())) {
                found.add(new Finding(
                        true,
                        "another mesh has the names of this one: " + name + " (" + image + ")",
                        "istioctl uninstall takes it away and leaves its resources, which this mesh serves; lateen install"
                                + " --force takes it over in place"));
            } else {
                found.add(new Finding(
                        false,
                        "a control plane is there: " + name + " (" + image + ")" + (ready ? "" : ", not ready"),
                        ready
                                ? "lateen upgrade replaces it; --set revision=NAME puts another beside it"
                                : "lateen verify-install says what it lacks"));
            }
        }
    }

    /// A webhook that fails closed, whose control plane is gone, keeps all pods from being created.
    private static void webhooks(Facts facts, List<Finding> found) {
        for (Injector one : Injector.of(facts.webhooks())) {
            boolean served = facts.services().stream()
                    .anyMatch(service -> one.service()
                            .equals(Json.text(service, "metadata", "name") + "."
                                    + Json.text(service, "metadata", "namespace")));
            if (!served && one.failsClosed() && !one.service().contains("/")) {
                found.add(new Finding(
                        true,
                        "webhook " + one.name() + " of " + one.configuration() + " asks Service " + one.service()
                                + ", which is not there: no pod that it selects can be created",
                        "kubectl delete mutatingwebhookconfiguration " + one.configuration()));
                return;
            }
        }
    }

    /// Definitions whose resources the cluster has stored in a version that this mesh does not know. An API server
    /// refuses a definition that lacks such a version.
    ///
    /// @param versions of the definitions that an installation brings, by name
    public static List<Finding> newer(List<? extends JsonNode> definitions, Map<String, List<String>> versions) {
        List<Finding> found = new ArrayList<>();
        for (JsonNode one : definitions) {
            String name = Json.text(one, "metadata", "name");
            List<String> ours = versions.getOrDefault(name, List.of());
            for (JsonNode stored : ours.isEmpty() ? List.<JsonNode>of() : Json.items(one, "status", "storedVersions")) {
                if (!ours.contains(stored.asString())) {
                    found.add(new Finding(
                            true,
                            "the cluster has stored " + name + " as " + stored.asString()
                                    + ", a version that this mesh does not know (it has " + String.join(", ", ours)
                                    + ")",
                            "the resources are of a newer Istio: store them anew as " + ours.getFirst()
                                    + " and take the version out of status.storedVersions, or use a later lateen"));
                }
            }
        }
        return found;
    }

    private static void definitions(Facts facts, List<Finding> found) {
        found.addAll(newer(facts.definitions(), facts.versions()));
        List<String> older = facts.definitions().stream()
                .filter(one -> !Json.items(one, "spec", "versions").stream()
                        .map(version -> Json.text(version, "name"))
                        .toList()
                        .containsAll(facts.versions().getOrDefault(Json.text(one, "metadata", "name"), List.of())))
                .map(one -> Json.text(one, "metadata", "name"))
                .toList();
        if (!older.isEmpty()) {
            found.add(new Finding(
                    false,
                    "definitions of an older Istio lack versions of today: " + String.join(", ", older),
                    "lateen install adds them; the resources stay as they are"));
        }
    }

    private static void addresses(Facts facts, List<Finding> found) {
        List<String> pending = facts.services().stream()
                .filter(one -> Json.text(one, "spec", "type").equals("LoadBalancer")
                        && Json.items(one, "status", "loadBalancer", "ingress").isEmpty())
                .map(one -> Json.text(one, "metadata", "name") + "." + Json.text(one, "metadata", "namespace"))
                .toList();
        if (!pending.isEmpty()) {
            found.add(new Finding(
                    false,
                    "no address for " + String.join(", ", pending),
                    "where the cluster gives LoadBalancers no addresses, gateways are reached by node ports:"
                            + " --set values.gateways.istio-ingressgateway.type=NodePort"));
        }
    }

    private static int number(String text) {
        String digits = text.replaceAll("[^0-9].*$", "");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    /// For people.
    public static String text(List<Finding> findings) {
        StringBuilder text = new StringBuilder();
        for (Finding one : findings) {
            text.append(one.blocks() ? "✘ " : "! ").append(one.message()).append('\n');
            text.append("  to do: ").append(one.advice()).append('\n');
        }
        boolean blocked = findings.stream().anyMatch(Finding::blocks);
        return text.append(blocked ? "An installation would fail.\n" : "✔ Nothing is in the way of an installation.\n")
                .toString();
    }
}
