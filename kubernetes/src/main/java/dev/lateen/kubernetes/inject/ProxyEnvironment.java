package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The environment of a proxy's container: what it has to know of its pod and its mesh before it reaches the control
/// plane.
/// Names are Istio's, so that tools and Envoy's bootstrap find them.
final class ProxyEnvironment {
    private static final String CLUSTER = "Kubernetes";

    private final TemplateContext context;
    private final ArrayNode variables = Trees.array();

    private ProxyEnvironment(TemplateContext context) {
        this.context = context;
    }

    static ArrayNode sidecar(TemplateContext context) {
        ProxyEnvironment environment = new ProxyEnvironment(context);
        if (Trees.text(context.settings().mesh(), "inboundTrafficPolicy", "mode")
                .equals("LOCALHOST")) {
            environment.add("REWRITE_PROBE_LEGACY_LOCALHOST_DESTINATION", "true");
        }
        environment.identity();
        environment.podPorts();
        environment.applicationContainers();
        environment.limits();
        environment.workload();
        return environment.variables;
    }

    static ArrayNode gateway(TemplateContext context) {
        ProxyEnvironment environment = new ProxyEnvironment(context);
        environment.identity();
        environment.podPorts();
        environment.limits();
        environment.applicationContainers();
        environment.workload();
        return environment.variables;
    }

    private void identity() {
        InjectionSettings settings = context.settings();
        add("PILOT_CERT_PROVIDER", settings.value("global", "pilotCertProvider"));
        String suffix = settings.value("revision").isEmpty() ? "" : "-" + settings.value("revision");
        add(
                "CA_ADDR",
                settings.optional("global", "caAddress")
                        .orElse("istiod" + suffix + "." + settings.value("global", "istioNamespace") + ".svc:15012"));
        addField("POD_NAME", "metadata.name");
        addField("POD_NAMESPACE", "metadata.namespace");
        addField("INSTANCE_IP", "status.podIP");
        addField("SERVICE_ACCOUNT", "spec.serviceAccountName");
        addField("HOST_IP", "status.hostIP");
        addResource("ISTIO_CPU_LIMIT", "limits.cpu");
        add("PROXY_CONFIG", context.proxy().differences() + "\n");
    }

    private void podPorts() {
        String ports = context.containerPorts().stream().map(JsonNode::toString).collect(Collectors.joining("\n    ,"));
        add("ISTIO_META_POD_PORTS", ports.isEmpty() ? "[\n]" : "[\n    " + ports + "\n]");
    }

    private void applicationContainers() {
        add("ISTIO_META_APP_CONTAINERS", String.join(",", context.applicationContainers()));
    }

    private void limits() {
        addResource("GOMEMLIMIT", "limits.memory");
        addResource("GOMAXPROCS", "limits.cpu");
    }

    private void workload() {
        InjectionSettings settings = context.settings();
        PodSubject subject = context.subject();
        settings.optional("compliancePolicy").ifPresent(policy -> add("COMPLIANCE_POLICY", policy));
        add(
                "ISTIO_META_CLUSTER_ID",
                settings.optional("global", "multiCluster", "clusterName").orElse(CLUSTER));
        addField("ISTIO_META_NODE_NAME", "spec.nodeName");
        add("ISTIO_META_INTERCEPTION_MODE", context.interceptionMode());
        String name = subject.label("service.istio.io/workload-name")
                .filter(text -> !text.isEmpty())
                .orElse(subject.owner().name());
        if (!name.isEmpty()) {
            add("ISTIO_META_WORKLOAD_NAME", name);
        }
        owner(subject.owner()).ifPresent(owner -> add("ISTIO_META_OWNER", owner));
        if (subject.annotation(Names.BOOTSTRAP_OVERRIDE).isPresent()) {
            add("ISTIO_BOOTSTRAP_OVERRIDE", SidecarVolumes.BOOTSTRAP_DIRECTORY + "/custom_bootstrap.json");
        }
        String domain = settings.trustDomain();
        settings.optional("global", "meshID")
                .or(() -> Optional.of(domain).filter(text -> !text.isEmpty()))
                .ifPresent(mesh -> add("ISTIO_META_MESH_ID", mesh));
        if (!domain.isEmpty()) {
            add("TRUST_DOMAIN", domain);
        }
        subject.label(Names.NETWORK)
                .or(() -> settings.optional("global", "network"))
                .ifPresent(network -> add("ISTIO_META_NETWORK", network));
        datadog();
        context.proxy().metadata().forEach(this::add);
    }

    private void datadog() {
        if (context.settings().value("global", "proxy", "tracer").equals("datadog")) {
            context.subject()
                    .annotation("apm.datadoghq.com/env")
                    .flatMap(Trees::parseObject)
                    .ifPresent(variables -> variables
                            .properties()
                            .forEach(one -> add(one.getKey(), one.getValue().asString(""))));
        }
    }

    private static Optional<String> owner(Owner owner) {
        return owner.apiVersion().isEmpty() || owner.name().isEmpty()
                ? Optional.empty()
                : Optional.of("kubernetes://apis/" + owner.apiVersion() + "/namespaces/" + owner.namespaceOrDefault()
                        + "/" + owner.kind().toLowerCase(Locale.ROOT) + "s/" + owner.name());
    }

    static ArrayNode metadata(Map<String, String> metadata) {
        ArrayNode variables = Trees.array();
        metadata.forEach((name, value) -> variables.add(variable(name, value)));
        return variables;
    }

    static ObjectNode variable(String name, String value) {
        return value.isEmpty() ? Trees.object("name", name) : Trees.object("name", name, "value", value);
    }

    private void add(String name, String value) {
        variables.add(variable(name, value));
    }

    private void addField(String name, String path) {
        variables.add(field(name, path));
    }

    static ObjectNode field(String name, String path) {
        return Trees.object("name", name, "valueFrom", Trees.object("fieldRef", Trees.object("fieldPath", path)));
    }

    private void addResource(String name, String resource) {
        variables.add(Trees.object(
                "name",
                name,
                "valueFrom",
                Trees.object("resourceFieldRef", Trees.object("resource", resource, "divisor", "1"))));
    }
}
