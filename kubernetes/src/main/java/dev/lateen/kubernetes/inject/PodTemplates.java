package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The templates that come with the mesh: what is laid over a pod under the names `sidecar` and `gateway`.
final class PodTemplates {
    private static final int LABEL_LENGTH = 63;

    private PodTemplates() {}

    static ObjectNode sidecar(TemplateContext context) {
        ObjectNode labels = Trees.object(
                Names.TLS_MODE,
                context.subject()
                        .label(Names.TLS_MODE)
                        .filter(mode -> !mode.isEmpty())
                        .orElse("istio"));
        labels.setAll(canonicalLabels(context));
        ObjectNode annotations = annotations(context);
        if (context.settings().usesCni()) {
            annotations.setAll(cniAnnotations(context));
        }
        ArrayNode init = Trees.array();
        ObjectNode spec = Trees.object("initContainers", init);
        if (!context.interceptionMode().equals("NONE")) {
            init.add(CaptureContainer.of(context));
        }
        if (context.nativeSidecar()) {
            init.add(ProxyContainer.sidecar(context));
        } else {
            spec.set("containers", Trees.array(ProxyContainer.sidecar(context)));
        }
        if (init.isEmpty()) {
            spec.remove("initContainers");
        }
        spec.set("volumes", SidecarVolumes.volumes(context, true));
        addPullSecrets(context, spec);
        return template(labels, annotations, spec);
    }

    static ObjectNode gateway(TemplateContext context) {
        ObjectNode spec = Trees.object("containers", Trees.array(ProxyContainer.gateway(context)));
        spec.set("securityContext", gatewaySecurity(context));
        spec.set("volumes", SidecarVolumes.volumes(context, false));
        addPullSecrets(context, spec);
        return template(canonicalLabels(context), annotations(context), spec);
    }

    static ObjectNode template(ObjectNode labels, ObjectNode annotations, ObjectNode spec) {
        return Trees.object("metadata", Trees.object("labels", labels, "annotations", annotations), "spec", spec);
    }

    /// The user's own, or what lets a process that is not root open ports 80 and 443.
    private static JsonNode gatewaySecurity(TemplateContext context) {
        JsonNode gateways = Trees.at(context.settings().values(), "gateways");
        ObjectNode security = Trees.has(gateways, "securityContext")
                ? (ObjectNode) gateways.get("securityContext").deepCopy()
                : Trees.object(
                        "sysctls",
                        Trees.array(Trees.object("name", "net.ipv4.ip_unprivileged_port_start", "value", "0")));
        if (Trees.has(gateways, "seccompProfile")) {
            security.set("seccompProfile", gateways.get("seccompProfile").deepCopy());
        }
        return security;
    }

    static ObjectNode canonicalLabels(TemplateContext context) {
        PodSubject subject = context.subject();
        String name = firstSet(Stream.of(
                subject.label(Names.CANONICAL_NAME),
                subject.label("app.kubernetes.io/name"),
                subject.label("app"),
                Optional.of(subject.owner().name())));
        String revision = firstSet(Stream.of(
                subject.label(Names.CANONICAL_REVISION),
                subject.label("app.kubernetes.io/version"),
                subject.label("version"),
                Optional.of("latest")));
        return Trees.object(Names.CANONICAL_NAME, asLabel(name), Names.CANONICAL_REVISION, revision);
    }

    private static String firstSet(Stream<Optional<String>> candidates) {
        return candidates
                .flatMap(Optional::stream)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    /// Names of objects may be longer than values of labels.
    private static String asLabel(String name) {
        String cut = name.length() > LABEL_LENGTH ? name.substring(0, LABEL_LENGTH) : name;
        return cut.endsWith("-") ? cut.substring(0, cut.length() - 1) : cut;
    }

    static ObjectNode annotations(TemplateContext context) {
        ObjectNode annotations = Trees.object(Names.REVISION, context.settings().revisionOrDefault());
        List<String> containers = context.applicationContainers();
        for (String name : List.of(Names.DEFAULT_CONTAINER, Names.DEFAULT_LOGS_CONTAINER)) {
            if (!containers.isEmpty() && context.subject().annotation(name).isEmpty()) {
                annotations.put(name, containers.getFirst());
            }
        }
        return annotations;
    }

    /// The CNI plugin reads from the pod what the init container would have been told.
    private static ObjectNode cniAnnotations(TemplateContext context) {
        ObjectNode annotations = Trees.object();
        if (context.settings().value("pilot", "cni", "provider").equals("multus")) {
            annotations.put(
                    MultusNetworks.ANNOTATION,
                    MultusNetworks.with(context.subject().annotation(MultusNetworks.ANNOTATION), "default/istio-cni"));
        }
        annotations.put(Names.INTERCEPTION_MODE, context.interceptionMode());
        putSet(annotations, Names.INCLUDE_IP_RANGES, context.proxyValue(Names.INCLUDE_IP_RANGES, "includeIPRanges"));
        putSet(annotations, Names.EXCLUDE_IP_RANGES, context.proxyValue(Names.EXCLUDE_IP_RANGES, "excludeIPRanges"));
        putSet(
                annotations,
                Names.INCLUDE_INBOUND_PORTS,
                context.proxyValue(Names.INCLUDE_INBOUND_PORTS, "includeInboundPorts"));
        annotations.put(Names.EXCLUDE_INBOUND_PORTS, context.excludedInboundPorts());
        CaptureContainer.asked(context, Names.INCLUDE_OUTBOUND_PORTS, "includeOutboundPorts")
                .ifPresent(ports -> annotations.put(Names.INCLUDE_OUTBOUND_PORTS, ports));
        CaptureContainer.asked(context, Names.EXCLUDE_OUTBOUND_PORTS, "excludeOutboundPorts")
                .ifPresent(ports -> annotations.put(Names.EXCLUDE_OUTBOUND_PORTS, ports));
        return annotations;
    }

    private static void putSet(ObjectNode annotations, String name, String value) {
        if (!value.isEmpty()) {
            annotations.put(name, value);
        }
    }

    static void addPullSecrets(TemplateContext context, ObjectNode spec) {
        ArrayNode secrets = Trees.array();
        for (String name : Trees.texts(context.settings().values(), "global", "imagePullSecrets")) {
            secrets.add(Trees.object("name", name));
        }
        if (!secrets.isEmpty()) {
            spec.set("imagePullSecrets", secrets);
        }
    }
}
