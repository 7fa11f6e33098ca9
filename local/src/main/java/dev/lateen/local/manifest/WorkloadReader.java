package dev.lateen.local.manifest;

import dev.lateen.kubernetes.inject.ProxySettings;
import dev.lateen.local.manifest.WorkloadSpec.Role;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.kubernetes.PodAnnotations;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Position;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads a workload out of a Kubernetes manifest.
///
/// Our annotations on the pod template: `local.lateen.dev/command` names the local command of the first container,
/// `local.lateen.dev/command.CONTAINER` that of another; the manifest itself stays what a cluster takes.
/// Thread: any.
final class WorkloadReader {
    static final String COMMAND = "local.lateen.dev/command";
    private static final String TEMPLATES = "inject.istio.io/templates";
    private static final String INJECT = "sidecar.istio.io/inject";

    private final MeshProxies proxies;
    private final List<Diagnostic> found;

    /// @param found where it says what is wrong
    WorkloadReader(MeshProxies proxies, List<Diagnostic> found) {
        this.proxies = proxies;
        this.found = found;
    }

    /// The workload that the resource is, if it is one that can run.
    Optional<WorkloadSpec> read(RawResource resource) {
        Fields root = new Fields(resource.root());
        Fields spec = child(root, "spec");
        return switch (resource.key().kind()) {
            case "Deployment", "StatefulSet" ->
                workload(
                        resource,
                        child(spec, "template"),
                        spec.integer("replicas").orElse(1));
            case "DaemonSet" -> workload(resource, child(spec, "template"), 1);
            case "Pod" -> workload(resource, root, 1);
            default -> Optional.empty();
        };
    }

    private Optional<WorkloadSpec> workload(RawResource resource, Fields template, int replicas) {
        Fields metadata = child(template, "metadata");
        Fields spec = child(template, "spec");
        Map<String, String> labels = metadata.textMap("labels");
        Map<String, String> annotations = metadata.textMap("annotations");
        Path file = Path.of(resource.origin().file()).toAbsolutePath();
        Optional<ProxySettings> proxy = proxies.of(resource.key().namespace(), labels, annotations);
        List<Diagnostic> wrong = new ArrayList<>();
        if (proxy.isEmpty()) {
            wrong.add(wrong("wrong-type", metadata, MeshProxies.ANNOTATION)
                    .withExpected("a YAML object, such as 'concurrency: 2'"));
        }
        if (role(labels, annotations, spec) != Role.NONE) {
            annotations.forEach((name, value) -> PodAnnotations.expected(name, value)
                    .ifPresent(expected -> wrong.add(
                            wrong("invalid-annotation", metadata, name).withExpected(expected))));
        }
        found.addAll(wrong);
        return proxy.filter(_ -> wrong.isEmpty())
                .map(settings -> new WorkloadSpec(
                        resource.key().kind(),
                        resource.key().namespace(),
                        resource.key().name(),
                        replicas,
                        labels,
                        annotations,
                        spec.text("serviceAccountName", spec.text("serviceAccount", "default")),
                        containers(spec, annotations),
                        role(labels, annotations, spec),
                        settings,
                        Optional.ofNullable(file.getParent()).orElse(file),
                        resource.origin()));
    }

    private static Diagnostic wrong(String code, Fields metadata, String annotation) {
        Fields annotations = child(metadata, "annotations");
        return Diagnostic.error(
                        code,
                        annotations.at(annotation),
                        "metadata.annotations['" + annotation + "']",
                        "not understood, so that the workload stays as it is")
                .withValue(annotations.text(annotation, ""));
    }

    /// The label wins over the annotation. Istio injects where the namespace asks for it; here every pod is in the
    /// mesh unless it says no. A template whose only container is called `istio-proxy` with image `auto` is a
    /// gateway, and one whose template for injection is `grpc-agent` needs no proxy.
    private static Role role(Map<String, String> labels, Map<String, String> annotations, Fields spec) {
        String inject = labels.getOrDefault(INJECT, annotations.getOrDefault(INJECT, "true"));
        if (inject.equals("false")) {
            return Role.NONE;
        }
        if (List.of(annotations.getOrDefault(TEMPLATES, "").split("\\s*,\\s*")).contains("grpc-agent")) {
            return Role.PROXYLESS;
        }
        List<String> images = spec.objects("containers", one -> one.text("name", "") + "=" + one.text("image", ""));
        return images.equals(List.of("istio-proxy=auto")) ? Role.GATEWAY : Role.SIDECAR;
    }

    private static List<ContainerSpec> containers(Fields spec, Map<String, String> annotations) {
        List<ContainerSpec> containers = new ArrayList<>();
        for (Fields one : spec.objects("containers", found -> found)) {
            String name = one.text("name", "app");
            if (name.equals("istio-proxy")) {
                continue;
            }
            Optional<String> local = Optional.ofNullable(annotations.get(COMMAND + "." + name))
                    .or(() -> containers.isEmpty() ? Optional.ofNullable(annotations.get(COMMAND)) : Optional.empty());
            containers.add(new ContainerSpec(
                    name,
                    one.text("image", ""),
                    local.map(ShellWords::split).orElseGet(() -> commandOf(one)),
                    environment(one),
                    one.objects(
                            "ports",
                            port -> new ContainerSpec.Port(
                                    port.text("name", ""),
                                    port.integer("containerPort").orElse(0),
                                    port.text("protocol", "TCP"))),
                    one.text("workingDir"),
                    one.object("readinessProbe", WorkloadReader::probe),
                    one.object("livenessProbe", WorkloadReader::probe),
                    one.object("startupProbe", WorkloadReader::probe),
                    one.at()));
        }
        return containers;
    }

    /// The container's own command. Arguments alone are for an entry point that only the image knows: no
    /// command here.
    private static List<String> commandOf(Fields container) {
        List<String> command = new ArrayList<>(container.texts("command"));
        if (!command.isEmpty()) {
            command.addAll(container.texts("args"));
        }
        return command;
    }

    private static Map<String, String> environment(Fields container) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (Fields variable : container.objects("env", found -> found)) {
            variable.text("name").ifPresent(name -> environment.put(name, variable.text("value", "")));
        }
        return environment;
    }

    private static ProbeSpec probe(Fields probe) {
        return new ProbeSpec(
                check(probe),
                Duration.ofSeconds(probe.integer("initialDelaySeconds").orElse(0)),
                Duration.ofSeconds(probe.integer("periodSeconds").orElse(10)),
                Duration.ofSeconds(probe.integer("timeoutSeconds").orElse(1)),
                probe.integer("failureThreshold").orElse(3),
                probe.integer("successThreshold").orElse(1));
    }

    private static ProbeSpec.Check check(Fields probe) {
        Optional<ProbeSpec.Check> http = probe.object(
                "httpGet",
                get -> new ProbeSpec.Check.HttpGet(
                        get.text("path", "/"), get.text("port", ""), get.text("scheme", "HTTP"), headers(get)));
        Optional<ProbeSpec.Check> tcp =
                probe.object("tcpSocket", socket -> new ProbeSpec.Check.TcpSocket(socket.text("port", "")));
        Optional<ProbeSpec.Check> exec = probe.object("exec", run -> new ProbeSpec.Check.Exec(run.texts("command")));
        return http.or(() -> tcp).or(() -> exec).orElse(new ProbeSpec.Check.Unsupported("grpc"));
    }

    private static Map<String, String> headers(Fields get) {
        Map<String, String> headers = new LinkedHashMap<>();
        get.objects("httpHeaders", header -> headers.put(header.text("name", ""), header.text("value", "")));
        return headers;
    }

    private static Fields child(Fields parent, String name) {
        return parent.object(name, found -> found).orElseGet(() -> new Fields(new Mapping(Map.of(), Position.UNKNOWN)));
    }
}
