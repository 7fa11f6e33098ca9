package dev.lateen.cli.diagnosis;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What the mesh does with a pod or a Service, in words: ports and their protocols, the routes and rules that concern
/// it, mutual TLS and policies, the gateways by which it is reached, and what is wrong.
///
/// Thread: any.
public final class Description {
    private static final String LINE = "--------------------\n";

    private final MeshPages mesh;
    private final List<? extends JsonNode> services;
    private final StringBuilder text = new StringBuilder();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<JsonNode> shown = new LinkedHashSet<>();

    /// @param services of all namespaces
    private Description(MeshPages mesh, List<? extends JsonNode> services) {
        this.mesh = mesh;
        this.services = services;
    }

    /// @param services of all namespaces
    public static String ofPod(PodFacts pod, List<? extends JsonNode> services, MeshPages mesh) {
        Description description = new Description(mesh, services);
        description.pod(pod);
        List<? extends JsonNode> near = services.stream()
                .filter(one -> Json.text(one, "metadata", "namespace").equals(pod.namespace()))
                .toList();
        List<JsonNode> mine = ServicePorts.of(near, pod);
        for (JsonNode service : mine) {
            description.service(service, List.of(pod));
        }
        if (mine.isEmpty()) {
            description.warnings.add("no Service selects the pod: nobody calls it by name");
        }
        description.security(pod);
        return description.end();
    }

    /// @param pods of the Service
    public static String ofService(
            JsonNode service, List<PodFacts> pods, List<? extends JsonNode> services, MeshPages mesh) {
        Description description = new Description(mesh, services);
        description.service(service, pods);
        List<PodFacts> outside =
                pods.stream().filter(pod -> pod.sidecar().isEmpty()).toList();
        if (pods.isEmpty()) {
            description.warnings.add("no pod has the labels that the Service selects");
        } else if (!outside.isEmpty()) {
            description.warnings.add(
                    "without a sidecar: " + outside.stream().map(PodFacts::name).collect(Collectors.joining(", ")));
        }
        pods.stream().filter(pod -> pod.sidecar().isPresent()).findFirst().ifPresent(description::security);
        return description.end();
    }

    private String end() {
        shown.forEach(this::complaints);
        if (!mesh.trouble().isEmpty()) {
            warnings.add("no control plane was asked, so that routes, rules and policies are missing here: "
                    + mesh.trouble());
        }
        if (!warnings.isEmpty()) {
            text.append(LINE).append("Warnings:\n");
            warnings.forEach(one -> text.append("   ").append(one).append('\n'));
        }
        return text.toString();
    }

    private void complaints(JsonNode resource) {
        mesh.statusOf(resource).ifPresent(status -> {
            for (JsonNode one : Json.items(status, "diagnostics")) {
                String advice = Json.text(one, "advice");
                warnings.add(Json.text(resource, "kind") + " " + MeshPages.shown(resource) + ": "
                        + Json.text(one, "severity") + ": " + Json.text(one, "message")
                        + (advice.isEmpty() ? "" : "; " + advice));
            }
            for (JsonNode one : Json.items(status, "unsupported")) {
                warnings.add(Json.text(resource, "kind") + " " + MeshPages.shown(resource) + ": "
                        + Json.text(one, "field") + " has no effect here");
            }
        });
    }

    private void pod(PodFacts pod) {
        text.append("Pod: ").append(pod.fullName()).append('\n');
        text.append("   Revision: ")
                .append(pod.labels().getOrDefault("istio.io/rev", "default"))
                .append('\n');
        List<String> ports = new ArrayList<>();
        pod.containers()
                .forEach(container -> Json.items(container, "ports")
                        .forEach(port -> ports.add(
                                port.path("containerPort").asInt(0) + " (" + Json.text(container, "name") + ")")));
        text.append("   Ports: ")
                .append(ports.isEmpty() ? "none declared" : String.join(", ", ports))
                .append('\n');
        text.append("   Sidecar: ").append(sidecar(pod)).append('\n');
        for (String label : List.of("app", "version")) {
            if (!pod.labels().containsKey(label)
                    && !pod.labels().containsKey("app.kubernetes.io/" + (label.equals("app") ? "name" : label))) {
                warnings.add("the pod has no label " + label + ": metrics and graphs name its workload without it");
            }
        }
    }

    private String sidecar(PodFacts pod) {
        Optional<JsonNode> sidecar = pod.sidecar();
        if (sidecar.isEmpty()) {
            warnings.add("the pod has no sidecar: lateen check " + pod.fullName() + " says why");
            return "none";
        }
        boolean connected = mesh.syncOf(pod.fullName()).isPresent();
        if (!connected && mesh.trouble().isEmpty()) {
            warnings.add("no control plane knows its proxy: lateen check " + pod.fullName() + " says more");
        }
        return Json.text(sidecar.get(), "image") + (connected ? ", connected" : ", not connected");
    }

    private void service(JsonNode service, List<PodFacts> pods) {
        String name = Json.text(service, "metadata", "name");
        String namespace = Json.text(service, "metadata", "namespace");
        text.append(text.isEmpty() ? "" : LINE);
        text.append("Service: ").append(name).append('.').append(namespace).append('\n');
        for (JsonNode port : Json.items(service, "spec", "ports")) {
            port(name, port, pods);
        }
        destinationRules(name, namespace, pods);
        virtualServices(name, namespace);
    }

    private void port(String service, JsonNode port, List<PodFacts> pods) {
        String protocol = ServicePorts.protocol(port);
        text.append("   Port: ")
                .append(Json.text(port, "name").isEmpty() ? "" : Json.text(port, "name") + " ")
                .append(port.path("port").asInt(0))
                .append('/')
                .append(protocol.isEmpty() ? "auto-detect" : protocol);
        if (!pods.isEmpty()) {
            Optional<Integer> target = ServicePorts.target(port, pods.getFirst());
            text.append(
                    target.isPresent()
                            ? " targets pod port " + target.get()
                            : " targets '" + Json.text(port, "targetPort") + "'");
            if (target.isEmpty()) {
                warnings.add(service + ":" + port.path("port").asInt(0) + " targets port '"
                        + Json.text(port, "targetPort") + "', which no container has by name");
            } else if (!ServicePorts.isDeclared(pods.getFirst(), target.get())) {
                warnings.add(service + ":" + port.path("port").asInt(0) + " targets port " + target.get()
                        + ", which no container declares");
            }
        }
        text.append('\n');
    }

    private void destinationRules(String service, String namespace, List<PodFacts> pods) {
        for (JsonNode rule : mesh.ofKind("DestinationRule")) {
            String host = Json.text(rule, "spec", "host");
            if (!HostNames.mean(host, Json.text(rule, "metadata", "namespace"), service, namespace)) {
                continue;
            }
            shown.add(rule);
            text.append("   DestinationRule: ")
                    .append(MeshPages.shown(rule))
                    .append(" for \"")
                    .append(host)
                    .append("\"\n");
            List<String> matching = new ArrayList<>();
            List<String> others = new ArrayList<>();
            for (JsonNode subset : Json.items(rule, "spec", "subsets")) {
                boolean matches = pods.stream().anyMatch(pod -> Selectors.selects(subset.path("labels"), pod.labels()));
                (matches ? matching : others).add(Json.text(subset, "name"));
            }
            if (!matching.isEmpty() || !others.isEmpty()) {
                text.append("      Matching subsets: ")
                        .append(matching.isEmpty() ? "none" : String.join(", ", matching))
                        .append(others.isEmpty() ? "" : " (others: " + String.join(", ", others) + ")")
                        .append('\n');
            }
            Set<String> fields = new TreeSet<>();
            Json.at(rule, "spec", "trafficPolicy").properties().forEach(one -> fields.add(one.getKey()));
            text.append("      Traffic policy: ")
                    .append(fields.isEmpty() ? "none" : String.join(", ", fields))
                    .append('\n');
        }
    }

    private void virtualServices(String service, String namespace) {
        for (JsonNode routes : mesh.ofKind("VirtualService")) {
            String own = Json.text(routes, "metadata", "namespace");
            boolean byHost = Json.items(routes, "spec", "hosts").stream()
                    .anyMatch(host -> HostNames.mean(host.asString(""), own, service, namespace));
            boolean byRoute =
                    destinations(routes).stream().anyMatch(host -> HostNames.mean(host, own, service, namespace));
            if (!byHost && !byRoute) {
                continue;
            }
            shown.add(routes);
            List<String> gateways = Json.items(routes, "spec", "gateways").stream()
                    .map(one -> one.asString(""))
                    .toList();
            text.append("   VirtualService: ").append(MeshPages.shown(routes)).append('\n');
            int number = 1;
            for (String line : RouteLines.of(routes)) {
                text.append("      ").append(number++).append(". ").append(line).append('\n');
            }
            for (String gateway : gateways) {
                HostNames.gateway(gateway, own).ifPresent(id -> exposed(id, routes));
            }
        }
    }

    private static List<String> destinations(JsonNode routes) {
        return List.of("http", "tls", "tcp").stream()
                .flatMap(kind -> Json.items(routes, "spec", kind).stream())
                .flatMap(route -> Json.items(route, "route").stream())
                .map(one -> Json.text(one, "destination", "host"))
                .toList();
    }

    /// By which gateway, and where that is.
    private void exposed(String id, JsonNode routes) {
        Optional<JsonNode> gateway = mesh.ofKind("Gateway").stream()
                .filter(one ->
                        (Json.text(one, "metadata", "namespace") + "/" + Json.text(one, "metadata", "name")).equals(id))
                .findFirst();
        if (gateway.isEmpty()) {
            warnings.add("VirtualService " + MeshPages.shown(routes) + " names gateway " + id + ", which is not there");
            return;
        }
        shown.add(gateway.get());
        String ports = Json.items(gateway.get(), "spec", "servers").stream()
                .map(one -> Json.text(one, "port", "protocol") + " "
                        + Json.at(one, "port", "number").asInt(0))
                .collect(Collectors.joining(", "));
        String hosts = Json.items(routes, "spec", "hosts").stream()
                .map(one -> one.asString(""))
                .collect(Collectors.joining(", "));
        text.append("      Exposed by gateway ")
                .append(id)
                .append(" (")
                .append(ports)
                .append(") for ")
                .append(hosts)
                .append(" at ")
                .append(address(gateway.get()))
                .append('\n');
    }

    private String address(JsonNode gateway) {
        Map<String, String> wanted = new java.util.TreeMap<>();
        Json.at(gateway, "spec", "selector")
                .properties()
                .forEach(one -> wanted.put(one.getKey(), one.getValue().asString("")));
        List<String> found = services.stream()
                .filter(one -> wanted.entrySet().stream()
                        .allMatch(label -> label.getValue().equals(Json.text(one, "spec", "selector", label.getKey()))))
                .flatMap(one -> addresses(one).stream())
                .distinct()
                .toList();
        return found.isEmpty() ? "no Service of its pods" : String.join(", ", found);
    }

    private static List<String> addresses(JsonNode service) {
        List<String> external = Json.items(service, "status", "loadBalancer", "ingress").stream()
                .map(one -> Json.text(one, "ip").isEmpty() ? Json.text(one, "hostname") : Json.text(one, "ip"))
                .toList();
        return external.isEmpty()
                ? List.of(Json.text(service, "metadata", "name") + "." + Json.text(service, "metadata", "namespace"))
                : external;
    }

    private void security(PodFacts pod) {
        text.append(LINE).append("Effective PeerAuthentication:\n");
        Optional<JsonNode> decided = mesh.authenticationOf(pod.fullName(), 0);
        text.append("   Workload mTLS mode: ")
                .append(decided.map(one -> Json.text(one, "mode")).orElse("unknown, its proxy is not connected"))
                .append('\n');
        decided.filter(one -> one.has("policy"))
                .ifPresent(one -> text.append("   Applied PeerAuthentication: ")
                        .append(Json.text(one, "policy"))
                        .append(Json.text(one, "at").isEmpty() ? "" : " at " + Json.text(one, "at"))
                        .append('\n'));
        for (JsonNode policy : mesh.authorizationOf(pod.fullName())) {
            shown.add(policy);
            String action = Json.text(policy, "spec", "action");
            text.append("AuthorizationPolicy: ")
                    .append(MeshPages.shown(policy))
                    .append(" (")
                    .append(action.isEmpty() ? "ALLOW" : action)
                    .append(", rules: ")
                    .append(Json.items(policy, "spec", "rules").size())
                    .append(")\n");
        }
    }
}
