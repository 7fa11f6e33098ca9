package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The init container that leads the pod's connections to the proxy, or, where the CNI plugin of the node has done so,
/// checks that they arrive.
final class CaptureContainer {
    private static final String OWN_PORTS = "15090,15021";

    private CaptureContainer() {}

    static ObjectNode of(TemplateContext context) {
        InjectionSettings settings = context.settings();
        boolean validates = settings.usesCni();
        ObjectNode container = Trees.object(
                "name", validates ? Names.VALIDATION : Names.INIT,
                "image", context.captureImage(),
                "imagePullPolicy", context.pullPolicy());
        container.set("args", arguments(context));
        if (!context.proxy().metadata().isEmpty()) {
            container.set("env", ProxyEnvironment.metadata(context.proxy().metadata()));
        }
        Resources.of(context).ifPresent(resources -> container.set("resources", resources));
        container.set("securityContext", validates ? validationSecurity(context) : rulesSecurity(context));
        return container;
    }

    private static ArrayNode arguments(TemplateContext context) {
        InjectionSettings settings = context.settings();
        String excluded = context.excludedInboundPorts();
        ArrayNode arguments = Trees.array(
                "istio-iptables",
                "-p",
                meshPort(context, "proxyListenPort", "15001"),
                "-z",
                meshPort(context, "proxyInboundListenPort", "15006"),
                "-u",
                String.valueOf(context.userOrDefault()),
                "-m",
                context.interceptionMode(),
                "-i",
                context.proxyValue(Names.INCLUDE_IP_RANGES, "includeIPRanges"),
                "-x",
                context.proxyValue(Names.EXCLUDE_IP_RANGES, "excludeIPRanges"),
                "-b",
                context.proxyValue(Names.INCLUDE_INBOUND_PORTS, "includeInboundPorts"),
                "-d",
                excluded.isEmpty() ? OWN_PORTS : OWN_PORTS + "," + excluded);
        asked(context, Names.INCLUDE_OUTBOUND_PORTS, "includeOutboundPorts")
                .ifPresent(ports -> add(arguments, "-q", ports));
        asked(context, Names.EXCLUDE_OUTBOUND_PORTS, "excludeOutboundPorts")
                .ifPresent(ports -> add(arguments, "-o", ports));
        context.subject()
                .annotation(Names.REROUTE_INTERFACES)
                .or(() -> context.subject().annotation(Names.KUBEVIRT_INTERFACES))
                .ifPresent(interfaces -> add(arguments, "-k", interfaces));
        context.subject()
                .annotation(Names.EXCLUDE_INTERFACES)
                .ifPresent(interfaces -> add(arguments, "-c", interfaces));
        arguments.add("--log_output_level="
                + context.annotationOr("sidecar.istio.io/agentLogLevel", "global", "logging", "level"));
        if (settings.flag("global", "logAsJson")) {
            arguments.add("--log_as_json");
        }
        if (settings.usesCni()) {
            arguments.add("--run-validation").add("--skip-rule-apply");
        } else if (settings.flag("global", "proxy_init", "forceApplyIptables")) {
            arguments.add("--force-apply");
        }
        if (settings.flag("global", "nativeNftables")) {
            arguments.add("--native-nftables");
        }
        return arguments;
    }

    private static void add(ArrayNode arguments, String option, String value) {
        arguments.add(option).add(value);
    }

    /// The annotation even where it is empty, the injector's value only where it is not.
    static Optional<String> asked(TemplateContext context, String annotation, String name) {
        return context.subject()
                .annotation(annotation)
                .or(() -> context.settings().optional("global", "proxy", name));
    }

    private static String meshPort(TemplateContext context, String name, String fallback) {
        String port = Trees.text(context.settings().mesh(), name);
        return port.isEmpty() ? fallback : port;
    }

    private static ObjectNode rulesSecurity(TemplateContext context) {
        ObjectNode security =
                base(context, Trees.object("add", Trees.array("NET_ADMIN", "NET_RAW"), "drop", Trees.array("ALL")));
        security.put("readOnlyRootFilesystem", false);
        security.put("runAsGroup", 0).put("runAsNonRoot", false).put("runAsUser", 0);
        ProxyContainer.seccomp(context).ifPresent(profile -> security.set("seccompProfile", profile));
        return security;
    }

    private static ObjectNode validationSecurity(TemplateContext context) {
        ObjectNode security = base(context, Trees.object("drop", Trees.array("ALL")));
        security.put("readOnlyRootFilesystem", true);
        security.put("runAsGroup", context.groupOrDefault());
        security.put("runAsNonRoot", true);
        security.put("runAsUser", context.userOrDefault());
        ProxyContainer.seccomp(context).ifPresent(profile -> security.set("seccompProfile", profile));
        return security;
    }

    private static ObjectNode base(TemplateContext context, ObjectNode capabilities) {
        boolean privileged = context.settings().flag("global", "proxy", "privileged");
        return Trees.object(
                "allowPrivilegeEscalation", privileged, "capabilities", capabilities, "privileged", privileged);
    }
}
