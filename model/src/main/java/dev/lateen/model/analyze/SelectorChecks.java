package dev.lateen.model.analyze;

import dev.lateen.model.validate.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Looks at resources of which one may hold for a workload, and at selectors that have no effect. Thread: any.
final class SelectorChecks {
    private static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

    /// A kind of which several may select the same pod by mistake.
    private record Selecting(List<Item> items, String field, String labels, MessageType rivals, MessageType several) {
        static Selecting sidecars(MeshContents mesh) {
            return new Selecting(
                    mesh.networking("Sidecar"),
                    "workloadSelector",
                    "labels",
                    MessageType.CONFLICTING_SIDECAR_SELECTORS,
                    MessageType.SIDECARS_WITHOUT_SELECTORS);
        }

        static Selecting telemetries(MeshContents mesh) {
            return new Selecting(
                    mesh.telemetries(),
                    "selector",
                    "matchLabels",
                    MessageType.CONFLICTING_TELEMETRY_SELECTORS,
                    MessageType.TELEMETRIES_WITHOUT_SELECTORS);
        }

        Map<String, String> selector(Item item) {
            return Labels.of(item.spec().object(field), labels);
        }
    }

    private SelectorChecks() {}

    static void sidecars(MeshContents mesh, Messages messages) {
        selectors(mesh, Selecting.sidecars(mesh), messages);
    }

    static void sidecarsOfNamespaces(MeshContents mesh, Messages messages) {
        ofNamespaces(Selecting.sidecars(mesh), messages);
    }

    static void telemetries(MeshContents mesh, Messages messages) {
        selectors(mesh, Selecting.telemetries(mesh), messages);
    }

    static void telemetriesOfNamespaces(MeshContents mesh, Messages messages) {
        ofNamespaces(Selecting.telemetries(mesh), messages);
    }

    private static void selectors(MeshContents mesh, Selecting kind, Messages messages) {
        Map<String, String> shortNames = new HashMap<>();
        Map<String, List<Item>> selecting = new LinkedHashMap<>();
        for (Item item : kind.items()) {
            Map<String, String> selector = kind.selector(item);
            if (selector.isEmpty()) {
                continue;
            }
            List<Item> selected = mesh.pods().selected(item.namespace(), selector);
            if (selected.isEmpty()) {
                messages.add(
                        MessageType.REFERENCED_RESOURCE_NOT_FOUND,
                        item,
                        Labels.spot(item.spec().object(kind.field()).orElseThrow(), kind.labels()),
                        "selector",
                        Labels.text(selector));
            }
            for (Item pod : selected) {
                shortNames.put(pod.name(), pod.shortName());
                selecting.computeIfAbsent(pod.name(), name -> new ArrayList<>()).add(item);
            }
        }
        selecting.forEach((pod, items) -> {
            if (items.size() > 1) {
                String names = Messages.list(names(items));
                items.forEach(item -> messages.add(
                        kind.rivals(),
                        item,
                        item.nameSpot(),
                        names,
                        item.namespace(),
                        shortNames.getOrDefault(pod, pod)));
            }
        });
    }

    private static void ofNamespaces(Selecting kind, Messages messages) {
        Map<String, List<Item>> byNamespace = new LinkedHashMap<>();
        for (Item item : kind.items()) {
            boolean targeted = item.spec().has("targetRef") || item.spec().size("targetRefs") > 0;
            if (!targeted && kind.selector(item).isEmpty()) {
                byNamespace
                        .computeIfAbsent(item.namespace(), key -> new ArrayList<>())
                        .add(item);
            }
        }
        byNamespace.forEach((namespace, items) -> {
            if (items.size() > 1) {
                String names = Messages.list(names(items));
                items.forEach(item -> messages.add(kind.several(), item, item.nameSpot(), names, namespace));
            }
        });
    }

    private static Set<String> names(List<Item> items) {
        Set<String> names = new TreeSet<>();
        items.forEach(item -> names.add(item.shortName()));
        return names;
    }

    /// Policies take hold of gateways of the Gateway API by `targetRefs` alone.
    static void ofGatewayApi(MeshContents mesh, Messages messages) {
        Map<String, List<Item>> gateways = new HashMap<>();
        for (Item pod : mesh.core("Pod")) {
            if (pod.labels().containsKey(GATEWAY_NAME)) {
                gateways.computeIfAbsent(pod.namespace(), key -> new ArrayList<>())
                        .add(pod);
            }
        }
        List<Item> policies = new ArrayList<>(mesh.of(MeshContents.SECURITY, "AuthorizationPolicy"));
        policies.addAll(mesh.of(MeshContents.SECURITY, "RequestAuthentication"));
        policies.addAll(mesh.telemetries());
        policies.addAll(mesh.of("extensions.istio.io", "WasmPlugin"));
        for (Item policy : policies) {
            View spec = policy.spec();
            if (!spec.has("selector") || spec.has("targetRef") || spec.size("targetRefs") > 0) {
                continue;
            }
            Map<String, String> selector = Labels.of(spec.object("selector"), "matchLabels");
            Set<String> seen = new HashSet<>();
            for (Item pod : gateways.getOrDefault(policy.namespace(), List.of())) {
                String gateway = pod.labels().getOrDefault(GATEWAY_NAME, "");
                if (Labels.match(selector, pod.labels()) && seen.add(gateway)) {
                    messages.add(MessageType.INEFFECTIVE_SELECTOR, policy, spec.spot("selector"), gateway);
                }
            }
        }
    }
}
