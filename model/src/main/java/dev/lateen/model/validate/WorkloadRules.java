package dev.lateen.model.validate;

import dev.lateen.model.kubernetes.NodePorts;
import dev.lateen.model.kubernetes.Service;
import dev.lateen.model.resource.RawResource;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/// Rules for Kubernetes' own kinds, where a mesh depends on them. Thread: any.
final class WorkloadRules {
    /// Source: RFC 6335, section 5.1.
    private static final Pattern PORT_NAME = Pattern.compile("(?=.{1,15}$)(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?");

    private static final Set<String> SELECTING = Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet");

    private WorkloadRules() {}

    static void check(RawResource resource, View spec) {
        String kind = resource.key().kind();
        if (SELECTING.contains(kind) && resource.key().group().equals("apps")) {
            workload(kind, spec);
        }
        UnusedAnnotations.check(resource, spec);
        if (kind.equals("Service") && resource.key().group().isEmpty()) {
            service(spec);
            nodeSelector(new View(resource.root(), "", spec.report()), spec);
        }
    }

    private static void nodeSelector(View service, View spec) {
        View annotations = service.object("metadata")
                .flatMap(metadata -> metadata.object("annotations"))
                .filter(found -> found.has(NodePorts.ANNOTATION))
                .orElse(null);
        if (annotations == null) {
            return;
        }
        if (!spec.text("type").equals("NodePort")) {
            annotations.warning(
                    NodePorts.ANNOTATION,
                    "no-effect",
                    "only services of type NodePort are reached through nodes",
                    "set spec.type, or leave it out");
        } else if (NodePorts.selector(annotations.text(NodePorts.ANNOTATION)).isEmpty()) {
            annotations.warning(
                    NodePorts.ANNOTATION,
                    "bad-selector",
                    "not a map of labels, so that no node is selected",
                    "such as {\"kubernetes.io/os\": \"linux\"}, or {} for all");
        }
    }

    private static void workload(String kind, View spec) {
        if (!spec.has("selector")) {
            spec.report()
                    .info(
                            spec.spot("selector"),
                            "no-selector",
                            kind + " has no selector; the labels of its template stand in",
                            "an API server wants spec.selector.matchLabels with the template's labels");
            return;
        }
        View labels = spec.object("template")
                .flatMap(template -> template.object("metadata"))
                .orElse(null);
        for (View.Entry wanted : spec.object("selector")
                .map(found -> found.entries("matchLabels"))
                .orElse(List.of())) {
            boolean same = labels != null
                    && labels.object("labels")
                            .map(found -> found.text(wanted.key().value())
                                    .equals(wanted.value().value()))
                            .orElse(false);
            if (!same) {
                spec.report()
                        .error(
                                wanted.value(),
                                "conflict",
                                "the template's labels do not match the selector",
                                "the same label in spec.template.metadata.labels");
            }
        }
    }

    private static void service(View spec) {
        boolean external = spec.text("type").equals("ExternalName");
        if (external && !spec.filled("externalName")) {
            spec.error("externalName", "missing-required", "ExternalName needs the name it stands for");
        }
        Set<String> names = new HashSet<>();
        for (View port : spec.objects("ports")) {
            if (!port.has("port")) {
                port.error("port", "missing-required", "port number is missing");
            }
            if (spec.size("ports") > 1 && !port.filled("name")) {
                port.error("name", "missing-required", "with several ports each needs a name");
            } else if (port.filled("name") && !names.add(port.text("name"))) {
                port.error("name", "duplicate", "port name is given twice");
            }
            if (port.filled("targetPort")) {
                targetPort(port);
            }
        }
    }

    private static void targetPort(View port) {
        String target = port.text("targetPort");
        OptionalInt number = Service.Port.number(target);
        if (number.isPresent()) {
            Checks.port(port.report(), port.spot("targetPort"), number.getAsInt());
        } else if (!PORT_NAME.matcher(target).matches() || target.contains("--")) {
            port.error(
                    "targetPort",
                    "bad-name",
                    "neither a port number nor the name of a port",
                    "1 to 65535, or at most 15 of a-z, 0-9 and - with a letter among them");
        }
    }
}
