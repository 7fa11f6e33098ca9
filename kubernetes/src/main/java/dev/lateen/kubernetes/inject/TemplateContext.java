package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a template may ask: the pod without what an earlier injection added, and the settings in force for it.
///
/// @param user the id that the proxy runs as, `group` its group; empty for the usual 1337
record TemplateContext(
        PodSubject subject,
        InjectionSettings settings,
        ProxySettings proxy,
        boolean nativeSidecar,
        Optional<Long> user,
        Optional<Long> group) {

    private static final List<String> IMAGE_TYPES = List.of("debug", "distroless");
    private static final long PROXY_ID = 1337;

    ObjectNode pod() {
        return subject.pod();
    }

    /// The pod's annotation, or the injector's value for pods that do not say.
    String annotationOr(String annotation, String... valuePath) {
        return subject.annotation(annotation).orElseGet(() -> settings.value(valuePath));
    }

    /// The same for a setting of the proxy.
    String proxyValue(String annotation, String name) {
        return annotationOr(annotation, "global", "proxy", name);
    }

    String interceptionMode() {
        return subject.annotation(Names.INTERCEPTION_MODE).orElseGet(proxy::interceptionMode);
    }

    boolean isTproxy() {
        return interceptionMode().equals("TPROXY");
    }

    String statusPort() {
        return proxyValue(Names.STATUS_PORT, "statusPort");
    }

    /// Whether the application's containers wait for the proxy by its place and hook. A native sidecar starts first
    /// anyway.
    boolean holdsApplication() {
        boolean wanted =
                proxy.holdsApplication() || settings.flag("global", "proxy", "holdApplicationUntilProxyStarts");
        return wanted && !nativeSidecar;
    }

    long userOrDefault() {
        return user.orElse(PROXY_ID);
    }

    long groupOrDefault() {
        return group.orElse(PROXY_ID);
    }

    /// The application's containers.
    List<String> applicationContainers() {
        return Trees.names(PodSubject.containers(pod()))
                .filter(name -> !name.equals(Names.PROXY))
                .toList();
    }

    /// Inbound ports that are never captured, beside the proxy's own: the status port among them.
    String excludedInboundPorts() {
        String excluded = proxyValue(Names.EXCLUDE_INBOUND_PORTS, "excludeInboundPorts");
        String status = statusPort();
        if (status.isEmpty() || status.equals("0")) {
            return excluded;
        }
        List<String> ports = new ArrayList<>();
        for (String port : excluded.split(",")) {
            if (!port.isBlank()) {
                ports.add(port.strip());
            }
        }
        if (!ports.contains(status)) {
            ports.add(status);
        }
        return String.join(",", ports);
    }

    String proxyImage() {
        return image(proxyValue(Names.DATA_PLANE, "dataPlane").equals("envoy") ? "proxy_envoy" : "proxy");
    }

    /// Of a pod without a proxy: only Envoy's image has the agent.
    String agentImage() {
        return image("proxy_envoy");
    }

    String captureImage() {
        return image("proxy_init");
    }

    /// The image of a container, from the annotation, a whole reference in the values, or hub, name and tag.
    private String image(String component) {
        String asked = annotationOr(Names.PROXY_IMAGE, "global", component, "image");
        if (asked.contains("/")) {
            return asked;
        }
        String name = asked.isEmpty() ? settings.value("global", "proxy", "image") : asked;
        return settings.value("global", "hub") + "/" + name + tag();
    }

    private String tag() {
        String tag = settings.value("global", "tag");
        String type = subject.annotation(Names.PROXY_IMAGE_TYPE)
                .or(() -> Optional.of(proxy.imageType()).filter(text -> !text.isEmpty()))
                .orElseGet(() -> settings.value("global", "variant"));
        if (tag.isEmpty()) {
            return "";
        }
        if (type.isEmpty()) {
            return ":" + tag;
        }
        String plain = tag;
        for (String known : IMAGE_TYPES) {
            plain = plain.endsWith("-" + known) ? plain.substring(0, plain.length() - known.length() - 1) : plain;
        }
        return ":" + (type.equals("default") ? plain : plain + "-" + type);
    }

    Optional<String> pullPolicy() {
        return settings.optional("global", "imagePullPolicy");
    }

    /// The ports of all containers, as Kubernetes has them.
    List<JsonNode> containerPorts() {
        List<JsonNode> ports = new ArrayList<>();
        for (ObjectNode container : PodSubject.containers(pod())) {
            ports.addAll(Trees.objects(container, "ports"));
        }
        return ports;
    }
}
