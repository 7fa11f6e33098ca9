package dev.lateen.model.analyze;

import dev.lateen.model.tree.Fields;
import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Looks at what is deprecated, too old, or reported by others as not in order. Thread: any.
final class ResourceChecks {
    private static final Pattern VERSION = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})(?:-.*)?");
    private static final String BUNDLE = "gateway.networking.k8s.io/bundle-version";

    /// Definitions of the Gateway API that count from a version on only; older ones had other fields.
    private static final Map<String, List<Integer>> OLDEST = Map.of(
            "grpcroutes.gateway.networking.k8s.io", List.of(1, 1, 0),
            "backendtlspolicies.gateway.networking.k8s.io", List.of(1, 4, 0),
            "tlsroutes.gateway.networking.k8s.io", List.of(1, 5, 0));

    private static final Set<String> REMOVED_KINDS =
            Set.of("ClusterRbacConfig", "RbacConfig", "ServiceRole", "ServiceRoleBinding");

    private ResourceChecks() {}

    static void deprecated(MeshContents mesh, Messages messages) {
        for (Item service : mesh.networking("VirtualService")) {
            for (View rule : service.spec().objects("http")) {
                rule.object("fault")
                        .flatMap(fault -> fault.object("delay"))
                        .filter(delay -> delay.number("percent") > 0)
                        .ifPresent(delay -> messages.add(
                                MessageType.DEPRECATED,
                                service,
                                delay.spot("percent"),
                                "HTTPRoute.fault.delay.percent is deprecated; use HTTPRoute.fault.delay.percentage"));
            }
        }
        for (Item sidecar : mesh.networking("Sidecar")) {
            sidecar.spec()
                    .object("outboundTrafficPolicy")
                    .filter(policy -> policy.has("egressProxy"))
                    .ifPresent(policy -> messages.add(
                            MessageType.DEPRECATED,
                            sidecar,
                            policy.spot("egressProxy"),
                            "OutboundTrafficPolicy.EgressProxy ignored"));
        }
        for (Item definition : mesh.of("apiextensions.k8s.io", "CustomResourceDefinition")) {
            String kind = definition
                    .spec()
                    .object("names")
                    .map(names -> names.text("kind"))
                    .orElse("");
            if (definition.spec().text("group").equals("rbac.istio.io") && REMOVED_KINDS.contains(kind)) {
                messages.add(
                        MessageType.DEPRECATED,
                        definition,
                        definition.nameSpot(),
                        "Custom resource type rbac.istio.io " + kind + " is removed");
            }
        }
    }

    static void gatewayApi(MeshContents mesh, Messages messages) {
        for (Item definition : mesh.of("apiextensions.k8s.io", "CustomResourceDefinition")) {
            List<Integer> oldest = OLDEST.get(definition.shortName());
            String bundle = definition.annotations().getOrDefault(BUNDLE, "");
            Matcher version = VERSION.matcher(bundle);
            if (oldest == null || !version.matches()) {
                continue;
            }
            List<Integer> installed = List.of(
                    Integer.parseInt(version.group(1)),
                    Integer.parseInt(version.group(2)),
                    Integer.parseInt(version.group(3)));
            if (isOlder(installed, oldest)) {
                Spot at = AnnotationChecks.annotations(definition).stream()
                        .filter(entry -> entry.key().value().equals(BUNDLE))
                        .map(View.Entry::value)
                        .findFirst()
                        .orElse(definition.nameSpot());
                messages.add(
                        MessageType.GATEWAY_API_TOO_OLD,
                        definition,
                        at,
                        definition.shortName(),
                        bundle.startsWith("v") ? bundle.substring(1) : bundle,
                        String.join(".", oldest.stream().map(String::valueOf).toList()));
            }
        }
    }

    private static boolean isOlder(List<Integer> version, List<Integer> other) {
        for (int part = 0; part < version.size(); part++) {
            int order = version.get(part).compareTo(other.get(part));
            if (order != 0) {
                return order < 0;
            }
        }
        return false;
    }

    /// Networks whose endpoints come from a cluster that nobody knows.
    static void networks(MeshContents mesh, Messages messages) {
        Set<String> registries = new HashSet<>(Set.of("Kubernetes", "External", "Mock"));
        for (Item secret : mesh.core("Secret")) {
            if (secret.labels().getOrDefault("istio/multiCluster", "").equals("true")) {
                secret.root()
                        .entries("data")
                        .forEach(entry -> registries.add(entry.key().value()));
                secret.root()
                        .entries("stringData")
                        .forEach(entry -> registries.add(entry.key().value()));
            }
        }
        Fields networks = new Fields(mesh.meshNetworks());
        mesh.settingsOwner()
                .ifPresent(owner -> networks.objectMap("networks", network -> network)
                        .forEach((name, network) -> {
                            for (Fields endpoint : network.objects("endpoints", found -> found)) {
                                String registry = endpoint.text("fromRegistry", "");
                                if (!registry.isEmpty() && !registries.contains(registry)) {
                                    messages.add(
                                            MessageType.UNKNOWN_SERVICE_REGISTRY,
                                            owner,
                                            new Spot(endpoint.at("fromRegistry"), "data.meshNetworks", registry),
                                            registry,
                                            name);
                                }
                            }
                        }));
    }

    static void conditions(MeshContents mesh, Messages messages) {
        List<Item> items = new ArrayList<>(mesh.core("Service"));
        items.addAll(mesh.networking("ServiceEntry"));
        items.addAll(mesh.of(MeshContents.SECURITY, "AuthorizationPolicy"));
        for (Item item : items) {
            item.root().object("status").ifPresent(status -> {
                for (View condition : status.objects("conditions")) {
                    if (condition.text("status").equals("False")) {
                        messages.add(
                                MessageType.NEGATIVE_CONDITION,
                                item,
                                condition.spot("status"),
                                condition.text("type"),
                                condition.text("reason"),
                                condition.text("message"));
                    }
                }
            });
        }
    }
}
