package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Leads kubelet's probes and hooks to the agent, which asks the application in its place: kubelet has no
/// certificate of the mesh, and a captured port that accepts connections says nothing of the application behind it.
///
/// What the agent has to ask stands in its environment, as `ISTIO_KUBE_APP_PROBERS`: path to probe.
final class ProbeRewrite {
    private static final String VARIABLE = "ISTIO_KUBE_APP_PROBERS";
    private static final Map<String, String> PROBES =
            Map.of("livenessProbe", "livez", "readinessProbe", "readyz", "startupProbe", "startupz");
    private static final Map<String, String> HOOKS = Map.of("preStop", "prestopz", "postStart", "poststartz");

    private final int statusPort;
    private final Map<String, JsonNode> asked = new TreeMap<>();

    private ProbeRewrite(int statusPort) {
        this.statusPort = statusPort;
    }

    static void apply(ObjectNode pod, InjectionSettings settings) {
        Optional<ObjectNode> proxy = PodSubject.proxy(pod);
        if (proxy.isEmpty() || !isEnabled(pod, settings)) {
            return;
        }
        ProbeRewrite rewrite = new ProbeRewrite(settings.statusPort());
        PodSubject.containers(pod).forEach(rewrite::container);
        for (ObjectNode init : PodSubject.initContainers(pod)) {
            if (Trees.text(init, "restartPolicy").equals("Always")) {
                rewrite.container(init);
            }
        }
        rewrite.tell(Trees.list(proxy.get(), "env"));
    }

    private static boolean isEnabled(ObjectNode pod, InjectionSettings settings) {
        return PodSubject.annotation(pod, Names.REWRITE_PROBES)
                .map(text -> text.equals("true"))
                .orElseGet(() ->
                        settings.webhook("rewriteAppHTTPProbe").asString("").equals("true"));
    }

    private void container(ObjectNode container) {
        String name = Trees.text(container, "name");
        if (name.equals(Names.PROXY)) {
            return;
        }
        PROBES.forEach((field, suffix) -> {
            if (container.get(field) instanceof ObjectNode probe) {
                rewrite(container, probe, "/app-health/" + name + "/" + suffix);
            }
        });
        HOOKS.forEach((field, suffix) -> {
            if (Trees.at(container, "lifecycle", field) instanceof ObjectNode hook) {
                rewrite(container, hook, "/app-lifecycle/" + name + "/" + suffix);
            }
        });
    }

    private void rewrite(ObjectNode container, ObjectNode probe, String path) {
        Optional<ObjectNode> question = question(container, probe);
        if (question.isEmpty() || isRewritten(probe, path)) {
            return;
        }
        if (probe.has("timeoutSeconds")) {
            question.get().set("timeoutSeconds", probe.get("timeoutSeconds"));
        }
        asked.put(path, question.get());
        ObjectNode http = probe.get("httpGet") instanceof ObjectNode own ? own : Trees.object();
        http.put("path", path).put("port", statusPort);
        if (Trees.text(http, "scheme").equals("HTTPS")) {
            http.put("scheme", "HTTP");
        }
        probe.remove(List.of("tcpSocket", "grpc"));
        probe.set("httpGet", http);
    }

    private boolean isRewritten(ObjectNode probe, String path) {
        return Trees.text(probe, "httpGet", "path").equals(path)
                && Trees.text(probe, "httpGet", "port").equals(String.valueOf(statusPort));
    }

    /// What the agent asks: the probe with the number of its port. Empty where it is of a kind that kubelet runs inside
    /// of the container, or names a port that the container does not have.
    private static Optional<ObjectNode> question(ObjectNode container, ObjectNode probe) {
        for (String kind : List.of("httpGet", "tcpSocket", "grpc")) {
            if (probe.get(kind) instanceof ObjectNode own) {
                ObjectNode question = own.deepCopy();
                question.remove("host");
                Optional<JsonNode> port = number(container, own.path("port"));
                port.ifPresent(number -> question.set("port", number));
                return port.map(_ -> Trees.object(kind, question));
            }
        }
        return Optional.empty();
    }

    private static Optional<JsonNode> number(ObjectNode container, JsonNode port) {
        if (port.isNumber()) {
            return Optional.of(port);
        }
        String name = port.asString("");
        return Trees.named(Trees.objects(container, "ports"), name).map(one -> one.path("containerPort"));
    }

    private void tell(ArrayNode environment) {
        Optional<ObjectNode> before = environment
                .valueStream()
                .filter(one ->
                        one instanceof ObjectNode && Trees.text(one, "name").equals(VARIABLE))
                .map(ObjectNode.class::cast)
                .findFirst();
        // A pod that comes again has the questions of its rewritten probes only there.
        before.flatMap(one -> Trees.parseObject(Trees.text(one, "value")))
                .ifPresent(known -> known.properties().forEach(one -> asked.putIfAbsent(one.getKey(), one.getValue())));
        if (asked.isEmpty()) {
            return;
        }
        ObjectNode all = Trees.object();
        asked.forEach(all::set);
        ObjectNode variable = before.orElseGet(() -> {
            ObjectNode added = Trees.object("name", VARIABLE);
            environment.add(added);
            return added;
        });
        variable.put("value", all.toString());
    }
}
