package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The container of the proxy itself.
final class ProxyContainer {
    private static final int READINESS_PORT = 15021;
    private static final int METRICS_PORT = 15090;
    private static final int PROBE_TIMEOUT_SECONDS = 3;
    private static final String NET_ADMIN = "NET_ADMIN";

    private ProxyContainer() {}

    static ObjectNode sidecar(TemplateContext context) {
        ObjectNode container = common(context, "sidecar");
        lifecycle(context).ifPresent(hooks -> container.set("lifecycle", hooks));
        container.set("env", ProxyEnvironment.sidecar(context));
        if (context.nativeSidecar()) {
            container.put("restartPolicy", "Always");
        }
        if (!context.statusPort().equals("0")) {
            if (context.settings().flag("global", "proxy", "startupProbe", "enabled")) {
                container.set("startupProbe", startupProbe(context));
            }
            container.set("readinessProbe", sidecarReadiness(context));
        }
        container.set("securityContext", security(context));
        Resources.of(context).ifPresent(resources -> container.set("resources", resources));
        container.set("volumeMounts", SidecarVolumes.mounts(context, true));
        return container;
    }

    static ObjectNode gateway(TemplateContext context) {
        ObjectNode container = common(context, "router");
        if (Trees.has(context.settings().values(), "global", "proxy", "lifecycle")) {
            container.set(
                    "lifecycle",
                    Trees.at(context.settings().values(), "global", "proxy", "lifecycle")
                            .deepCopy());
        }
        container.set("env", ProxyEnvironment.gateway(context));
        InjectionSettings settings = context.settings();
        container.set(
                "readinessProbe",
                probe(
                        settings.value("global", "proxy", "readinessInitialDelaySeconds"),
                        settings.value("global", "proxy", "readinessPeriodSeconds"),
                        settings.value("global", "proxy", "readinessFailureThreshold")));
        container.set(
                "securityContext",
                Trees.object("runAsUser", context.userOrDefault(), "runAsGroup", context.groupOrDefault()));
        container.set("volumeMounts", SidecarVolumes.mounts(context, false));
        return container;
    }

    /// The agent without a proxy behind it: it fetches certificates and forwards xDS for the application's own
    /// gRPC.
    static ObjectNode grpcAgent(TemplateContext context) {
        ObjectNode container = common(context, "sidecar");
        container.put("image", context.agentImage());
        ArrayNode environment = ProxyEnvironment.sidecar(context);
        environment.add(ProxyEnvironment.variable("ISTIO_META_GENERATOR", "grpc"));
        environment.add(ProxyEnvironment.variable("OUTPUT_CERTS", "/var/lib/istio/data"));
        container.set("env", environment);
        container.set(
                "lifecycle", hook("postStart", "pilot-agent", "wait", "--url=http://localhost:15020/healthz/ready"));
        ObjectNode readiness = sidecarReadiness(context);
        Trees.into(readiness, "httpGet").put("port", context.settings().statusPort());
        container.set("readinessProbe", readiness);
        Resources.of(context).ifPresent(resources -> container.set("resources", resources));
        ArrayNode mounts = SidecarVolumes.mounts(context, false);
        for (ObjectNode mount : Trees.objects(Trees.object("mounts", mounts), "mounts")) {
            if (Trees.text(mount, "name").equals("istio-envoy")) {
                mount.put("name", "istio-xds");
            }
        }
        container.set("volumeMounts", mounts);
        return container;
    }

    private static ObjectNode common(TemplateContext context, String role) {
        ObjectNode container = Trees.object(
                "name",
                Names.PROXY,
                "image",
                context.proxyImage(),
                "imagePullPolicy",
                context.pullPolicy(),
                "ports",
                Trees.array(Trees.object("containerPort", METRICS_PORT, "protocol", "TCP", "name", "http-envoy-prom")));
        container.set("args", arguments(context, role));
        return container;
    }

    private static ArrayNode arguments(TemplateContext context, String role) {
        InjectionSettings settings = context.settings();
        ArrayNode arguments = Trees.array(
                "proxy",
                role,
                "--domain",
                "$(POD_NAMESPACE).svc." + settings.value("global", "proxy", "clusterDomain"),
                "--proxyLogLevel=" + context.proxyValue("sidecar.istio.io/logLevel", "logLevel"),
                "--proxyComponentLogLevel="
                        + context.proxyValue("sidecar.istio.io/componentLogLevel", "componentLogLevel"),
                "--log_output_level="
                        + context.annotationOr("sidecar.istio.io/agentLogLevel", "global", "logging", "level"));
        settings.optional("global", "sts", "servicePort")
                .filter(port -> !port.equals("0"))
                .ifPresent(port -> arguments.add("--stsPort=" + port));
        if (settings.flag("global", "logAsJson")) {
            arguments.add("--log_as_json");
        }
        settings.optional("global", "proxy", "outlierLogPath")
                .ifPresent(path -> arguments.add("--outlierLogPath=" + path));
        return arguments;
    }

    /// A sidecar that starts first and ends last drains when the pod is told to stop; one that holds the
    /// application back does so until it is ready.
    private static Optional<ObjectNode> lifecycle(TemplateContext context) {
        if (Trees.at(context.settings().values(), "global", "proxy", "lifecycle") instanceof ObjectNode own
                && !own.isEmpty()) {
            return Optional.of(own.deepCopy());
        }
        if (context.holdsApplication()) {
            return Optional.of(hook("postStart", "pilot-agent", "wait"));
        }
        return context.nativeSidecar()
                ? Optional.of(hook(
                        "preStop", "pilot-agent", "request", "--debug-port=" + context.statusPort(), "POST", "drain"))
                : Optional.empty();
    }

    private static ObjectNode hook(String name, Object... command) {
        return Trees.object(name, Trees.object("exec", Trees.object("command", Trees.array(command))));
    }

    private static ObjectNode startupProbe(TemplateContext context) {
        return probe("0", "1", context.settings().value("global", "proxy", "startupProbe", "failureThreshold"));
    }

    private static ObjectNode sidecarReadiness(TemplateContext context) {
        return probe(
                context.proxyValue(Names.READINESS + "initialDelaySeconds", "readinessInitialDelaySeconds"),
                context.proxyValue(Names.READINESS + "periodSeconds", "readinessPeriodSeconds"),
                context.proxyValue(Names.READINESS + "failureThreshold", "readinessFailureThreshold"));
    }

    private static ObjectNode probe(String delay, String period, String failures) {
        return Trees.object(
                "httpGet",
                Trees.object("path", "/healthz/ready", "port", READINESS_PORT),
                "initialDelaySeconds",
                count(delay),
                "periodSeconds",
                count(period),
                "timeoutSeconds",
                PROBE_TIMEOUT_SECONDS,
                "failureThreshold",
                count(failures));
    }

    private static Optional<Long> count(String text) {
        return text.isEmpty() || text.equals("0") ? Optional.empty() : Optional.of(Long.parseLong(text));
    }

    private static ObjectNode security(TemplateContext context) {
        if ("true".equals(context.proxy().metadata().get("IPTABLES_TRACE_LOGGING"))) {
            return Trees.object(
                    "allowPrivilegeEscalation", true,
                    "capabilities", Trees.object("add", Trees.array(NET_ADMIN), "drop", Trees.array("ALL")),
                    "privileged", true,
                    "readOnlyRootFilesystem", true,
                    "runAsGroup", context.groupOrDefault(),
                    "runAsNonRoot", false,
                    "runAsUser", 0);
        }
        boolean privileged = context.settings().flag("global", "proxy", "privileged");
        boolean bindsLowPorts = context.proxyValue("sidecar.istio.io/capNetBindService", "capNetBindService")
                .equals("true");
        boolean root = context.isTproxy() || bindsLowPorts;
        ArrayNode added = Trees.array();
        if (context.isTproxy()) {
            added.add(NET_ADMIN);
        }
        if (bindsLowPorts) {
            added.add("NET_BIND_SERVICE");
        }
        ObjectNode security = Trees.object(
                "allowPrivilegeEscalation",
                privileged,
                "capabilities",
                Trees.object("add", Optional.of(added).filter(list -> !list.isEmpty()), "drop", Trees.array("ALL")),
                "privileged",
                privileged,
                "readOnlyRootFilesystem",
                true,
                "runAsGroup",
                context.groupOrDefault(),
                "runAsNonRoot",
                !root,
                "runAsUser",
                root ? 0L : context.userOrDefault());
        seccomp(context).ifPresent(profile -> security.set("seccompProfile", profile));
        return security;
    }

    static Optional<ObjectNode> seccomp(TemplateContext context) {
        return Trees.at(context.settings().values(), "global", "proxy", "seccompProfile") instanceof ObjectNode profile
                        && !profile.isEmpty()
                ? Optional.of(profile.deepCopy())
                : Optional.empty();
    }
}
