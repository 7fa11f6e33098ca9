package dev.lateen.model.analyze;

import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Looks at pods and Deployments: whom they run as, and the services that select them. Thread: any.
final class WorkloadChecks {
    private static final long PROXY_USER = 1337;
    private static final String INJECT = "sidecar.istio.io/inject";

    private WorkloadChecks() {}

    static void users(MeshContents mesh, Messages messages) {
        for (List<Item> workloads : List.of(mesh.core("Pod"), mesh.deployments())) {
            for (Item workload : workloads) {
                if (MeshContents.isControlPlane(workload)) {
                    continue;
                }
                user(workload, workload.podSpec(), messages);
                workload.containers().stream()
                        .filter(container -> !container.text("name").equals("istio-proxy"))
                        .forEach(container -> user(workload, container, messages));
            }
        }
    }

    private static void user(Item workload, View holder, Messages messages) {
        holder.object("securityContext")
                .filter(context -> context.number("runAsUser") == PROXY_USER)
                .ifPresent(context -> messages.add(MessageType.RESERVED_UID, workload, context.spot("runAsUser")));
    }

    static void services(MeshContents mesh, Messages messages) {
        for (Item deployment : mesh.deployments()) {
            if (inMesh(mesh, deployment)) {
                List<Item> services = mesh.services().of(deployment.namespace(), templateLabels(deployment));
                protocols(deployment, services, messages);
                targetPorts(deployment, services, messages);
            }
        }
    }

    static Map<String, String> templateLabels(Item deployment) {
        return Labels.of(templateMetadata(deployment), "labels");
    }

    private static Optional<View> templateMetadata(Item deployment) {
        return deployment.spec().object("template").flatMap(template -> template.object("metadata"));
    }

    /// Whether its pods have a sidecar: their own, by their own wish, or by their namespace's.
    private static boolean inMesh(MeshContents mesh, Item deployment) {
        Map<String, String> labels = templateLabels(deployment);
        Map<String, String> annotations = Labels.of(templateMetadata(deployment), "annotations");
        return inMesh(mesh, deployment, labels, annotations);
    }

    static boolean inMesh(
            MeshContents mesh, Item workload, Map<String, String> labels, Map<String, String> annotations) {
        if (!workload.proxies().isEmpty()) {
            return true;
        }
        String wish = labels.getOrDefault(INJECT, annotations.getOrDefault(INJECT, ""));
        if (!wish.isEmpty()) {
            return wish.equals("true");
        }
        Map<String, String> namespace =
                mesh.namespaceLabels(workload.namespace()).orElse(Map.of());
        return namespace.getOrDefault("istio-injection", "").equals("enabled")
                || namespace.containsKey("istio.io/rev")
                || namespace.getOrDefault("istio.io/dataplane-mode", "").equals("ambient");
    }

    /// One port, TCP in one service and UDP in another.
    private static void protocols(Item deployment, List<Item> services, Messages messages) {
        Map<Long, Map<String, Set<String>>> byPort = new TreeMap<>();
        for (Item service : services) {
            for (View port : service.spec().objects("ports")) {
                String protocol = port.text("protocol").isEmpty() ? "TCP" : port.text("protocol");
                byPort.computeIfAbsent(port.number("port"), key -> new TreeMap<>())
                        .computeIfAbsent(protocol, key -> new TreeSet<>())
                        .add(service.name());
            }
        }
        byPort.forEach((port, byProtocol) -> {
            if (byProtocol.size() > 1) {
                Set<String> names = new TreeSet<>();
                byProtocol.values().forEach(names::addAll);
                messages.add(
                        MessageType.DEPLOYMENT_WITH_SEVERAL_PROTOCOLS,
                        deployment,
                        deployment.nameSpot(),
                        deployment.shortName(),
                        port,
                        Messages.list(names));
            }
        });
    }

    /// One port of the pod, by different ports of services.
    private static void targetPorts(Item deployment, List<Item> services, Messages messages) {
        Map<String, Map<Long, String>> byTarget = new TreeMap<>();
        for (Item service : services) {
            for (View port : service.spec().objects("ports")) {
                Spot target = port.spot("targetPort");
                String name = target.value().isEmpty() || target.value().equals("0")
                        ? String.valueOf(port.number("port"))
                        : target.value();
                byTarget.computeIfAbsent(name, key -> new TreeMap<>()).put(port.number("port"), service.name());
            }
        }
        byTarget.forEach((target, byPort) -> {
            if (byPort.size() > 1) {
                messages.add(
                        MessageType.DEPLOYMENT_WITH_CONFLICTING_PORTS,
                        deployment,
                        deployment.nameSpot(),
                        deployment.shortName(),
                        Messages.list(new TreeSet<>(byPort.values())),
                        target,
                        Messages.list(byPort.keySet()));
            }
        });
    }
}
