package dev.lateen.model.analyze;

import dev.lateen.model.tree.Fields;
import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Looks at whom policies are for, and at telemetry that goes nowhere. Thread: any.
final class PolicyChecks {
    private static final String BLOCKED = "BLOCKED_CIDRS_IN_JWKS_URIS";

    private PolicyChecks() {}

    static void authorization(MeshContents mesh, Messages messages) {
        Map<String, List<Map<String, String>>> pods = new HashMap<>();
        for (Item pod : mesh.core("Pod")) {
            if (WorkloadChecks.inMesh(mesh, pod, pod.labels(), pod.annotations())) {
                pods.computeIfAbsent(pod.namespace(), key -> new ArrayList<>()).add(pod.labels());
            }
        }
        for (Item policy : mesh.of(MeshContents.SECURITY, "AuthorizationPolicy")) {
            workloads(mesh, policy, pods, messages);
            namespaces(mesh, policy, messages);
        }
    }

    private static void workloads(
            MeshContents mesh, Item policy, Map<String, List<Map<String, String>>> pods, Messages messages) {
        View spec = policy.spec();
        boolean ofMesh = policy.namespace().equals(mesh.rootNamespace());
        boolean targeted = spec.has("targetRef") || spec.size("targetRefs") > 0;
        if (targeted || (ofMesh && !spec.has("selector"))) {
            return;
        }
        Map<String, String> selector = Labels.of(spec.object("selector"), "matchLabels");
        boolean any = ofMesh
                ? pods.values().stream().anyMatch(some -> anyMatch(selector, some))
                : anyMatch(selector, pods.getOrDefault(policy.namespace(), List.of()));
        if (!any) {
            messages.add(
                    MessageType.NO_MATCHING_WORKLOADS,
                    policy,
                    spec.object("selector")
                            .map(found -> Labels.spot(found, "matchLabels"))
                            .orElse(policy.nameSpot()),
                    Labels.text(selector));
        }
    }

    private static boolean anyMatch(Map<String, String> selector, List<Map<String, String>> pods) {
        return pods.stream().anyMatch(labels -> Labels.match(selector, labels));
    }

    private static void namespaces(MeshContents mesh, Item policy, Messages messages) {
        for (View rule : policy.spec().objects("rules")) {
            for (View from : rule.objects("from")) {
                from.object("source").ifPresent(source -> {
                    List<Spot> named = new ArrayList<>(source.items("namespaces"));
                    named.addAll(source.items("notNamespaces"));
                    named.stream()
                            .filter(namespace -> !isThere(mesh, namespace.value()))
                            .forEach(namespace -> messages.add(
                                    MessageType.REFERENCED_RESOURCE_NOT_FOUND,
                                    policy,
                                    namespace,
                                    "namespace",
                                    namespace.value()));
                });
            }
        }
    }

    /// Whether the pattern stands for a namespace that there is.
    private static boolean isThere(MeshContents mesh, String pattern) {
        if (!pattern.startsWith("*") && !pattern.endsWith("*")) {
            return mesh.namespaceLabels(pattern.toLowerCase(Locale.ROOT)).isPresent();
        }
        boolean suffix = pattern.startsWith("*");
        String plain = suffix ? pattern.substring(1) : pattern.substring(0, pattern.length() - 1);
        return mesh.core("Namespace").stream()
                .map(Item::shortName)
                .anyMatch(name -> suffix ? name.endsWith(plain) : name.startsWith(plain));
    }

    static void providers(MeshContents mesh, Messages messages) {
        boolean byDefault = mesh.meshConfig()
                .object(
                        "defaultProviders",
                        defaults -> !defaults.texts("accessLogging").isEmpty())
                .orElse(false);
        if (byDefault) {
            return;
        }
        for (Item telemetry : mesh.telemetries()) {
            for (View logging : telemetry.spec().objects("accessLogging")) {
                if (logging.size("providers") == 0) {
                    messages.add(
                            MessageType.TELEMETRY_WITHOUT_PROVIDER,
                            telemetry,
                            logging.spot(),
                            telemetry.shortName(),
                            telemetry.namespace());
                }
            }
        }
    }

    static void lightstep(MeshContents mesh, Messages messages) {
        Set<String> deprecated = new HashSet<>();
        List<Fields> providers = mesh.meshConfig().objects("extensionProviders", provider -> provider);
        for (Fields provider : providers) {
            if (provider.has("lightstep")) {
                deprecated.add(provider.text("name", ""));
            }
        }
        for (Item telemetry : mesh.telemetries()) {
            for (View tracing : telemetry.spec().objects("tracing")) {
                for (View provider : tracing.objects("providers")) {
                    if (deprecated.contains(provider.text("name"))) {
                        messages.add(
                                MessageType.DEPRECATED,
                                telemetry,
                                provider.spot("name"),
                                "The Lightstep provider " + provider.text("name")
                                        + " is deprecated, please migrate to OpenTelemetry provider.");
                    }
                }
            }
        }
    }

    /// A control plane that fetches keys for anybody who writes a RequestAuthentication, from wherever it says.
    static void fetchedKeys(MeshContents mesh, Messages messages) {
        List<String> authentications = mesh.of(MeshContents.SECURITY, "RequestAuthentication").stream()
                .map(Item::name)
                .sorted()
                .toList();
        for (Item deployment : mesh.deployments()) {
            boolean controlPlane = deployment.labels().getOrDefault("app", "").equals("istiod");
            boolean restricted = deployment.containers().stream()
                    .flatMap(container -> container.objects("env").stream())
                    .anyMatch(variable -> variable.text("name").equals(BLOCKED));
            if (controlPlane && !restricted && !authentications.isEmpty()) {
                messages.add(
                        MessageType.BLOCKED_CIDRS_NOT_SET,
                        deployment,
                        deployment.nameSpot(),
                        authentications.size(),
                        String.join(", ", authentications));
            }
        }
    }
}
