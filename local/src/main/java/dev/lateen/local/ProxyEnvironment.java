package dev.lateen.local;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.local.capture.Capture;
import dev.lateen.local.capture.Place;
import dev.lateen.local.manifest.ContainerSpec;
import dev.lateen.local.manifest.WorkloadSpec;
import dev.lateen.local.manifest.WorkloadSpec.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// The environment of a proxy: what an injected container gets in a cluster, under Istio's own names.
///
/// Thread: any.
final class ProxyEnvironment {
    private static final String CLUSTER = "Kubernetes";

    private final MeshSettings settings;
    private final Capture capture;
    private final ControlPorts control;

    ProxyEnvironment(MeshSettings settings, Capture capture, ControlPorts control) {
        this.settings = settings;
        this.capture = capture;
        this.control = control;
    }

    Map<String, String> of(String podName, WorkloadSpec workload, Place place) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("POD_NAME", podName);
        environment.put("POD_NAMESPACE", workload.namespace());
        environment.put("INSTANCE_IP", place.address());
        environment.put("HOST_IP", capture.controlAddress());
        environment.put("SERVICE_ACCOUNT", workload.serviceAccount());
        environment.put("TRUST_DOMAIN", settings.trustDomain());
        environment.put("CA_ADDR", control.tls());
        environment.put("PILOT_CERT_PROVIDER", "istiod");
        environment.put("PROXY_CONFIG", proxyConfig(workload));
        environment.putAll(workload.proxy().metadata());
        environment.put("ISTIO_META_CLUSTER_ID", CLUSTER);
        environment.put("ISTIO_META_MESH_ID", "cluster.local");
        environment.put("ISTIO_META_NODE_NAME", "local");
        environment.put("ISTIO_META_WORKLOAD_NAME", workload.name());
        environment.put(
                "ISTIO_META_OWNER",
                "kubernetes://apis/apps/v1/namespaces/" + workload.namespace() + "/deployments/" + workload.name());
        environment.put("ISTIO_META_INTERCEPTION_MODE", capture.interceptionMode(workload));
        environment.put("ISTIO_META_POD_PORTS", podPorts(workload));
        environment.put("ISTIO_META_APP_CONTAINERS", containerNames(workload));
        environment.put("ISTIO_METAJSON_LABELS", json(workload.labels()));
        environment.put("ISTIO_METAJSON_ANNOTATIONS", json(workload.annotations()));
        if (workload.role() == Role.SIDECAR) {
            applicationMetrics(environment, workload, place);
        }
        switch (settings.proxyOf(workload)) {
            case LATEEN -> environment.put("ISTIO_META_LATEEN_PROXY", "true");
            case ENVOY -> environment.put("ISTIO_META_ENVOY_UPSTREAM", "true");
        }
        switch (settings.capture()) {
            case EXPLICIT -> explicit(environment, workload, place);
            case TRANSPARENT -> {
                // Names are resolved by the mesh: entries without an address have the one that their name leads to.
                environment.putIfAbsent("ISTIO_META_DNS_CAPTURE", "true");
                environment.putIfAbsent("ISTIO_META_DNS_AUTO_ALLOCATE", "true");
            }
        }
        environment.putAll(settings.proxyEnvironment());
        return environment;
    }

    private void explicit(Map<String, String> environment, WorkloadSpec workload, Place place) {
        // All pods share this machine's loopback, so what listens on 127.0.0.1 in a cluster listens on the pod's
        // address.
        environment.put("LATEEN_ADMIN_ADDRESS", place.address());
        environment.put("ISTIO_META_LATEEN_OWN_ADDRESS_ONLY", "true");
        environment.put("LATEEN_APPLICATION_HOST", place.applicationHost());
        if (workload.role() == Role.SIDECAR) {
            Map<String, String> ports = new TreeMap<>();
            place.applicationPorts()
                    .forEach((declared, real) -> ports.put(Integer.toString(declared), Integer.toString(real)));
            environment.put("ISTIO_METAJSON_APP_PORTS", json(ports));
            environment.put("ISTIO_META_HTTP_PROXY_PORT", Integer.toString(Capture.HTTP_PROXY_PORT));
        }
    }

    /// As injection hands them on in a cluster, but for the port that the application really has.
    private static void applicationMetrics(Map<String, String> environment, WorkloadSpec workload, Place place) {
        Map<String, String> said = new TreeMap<>();
        for (String name : List.of("scrape", "port", "path")) {
            said.put(name, workload.annotations().getOrDefault("prometheus.io/" + name, ""));
        }
        boolean none = said.values().stream().allMatch(String::isEmpty);
        if (none
                || said.containsValue("false")
                || workload.annotations()
                        .getOrDefault("prometheus.istio.io/merge-metrics", "true")
                        .equals("false")) {
            return;
        }
        String port = said.getOrDefault("port", "");
        if (port.matches("[0-9]{1,5}")) {
            said.put("port", Integer.toString(place.realPort(Integer.parseInt(port))));
        }
        environment.put("ISTIO_PROMETHEUS_ANNOTATIONS", json(said));
    }

    /// Istio's ProxyConfig; where the control plane is, this mesh knows better than its manifests.
    private String proxyConfig(WorkloadSpec workload) {
        ObjectNode config = Trees.parseObject(workload.proxy().differences()).orElseThrow();
        config.put("discoveryAddress", control.tls());
        if (!config.has("serviceCluster") && !config.has("tracingServiceName")) {
            config.put("serviceCluster", workload.name() + "." + workload.namespace());
        }
        return config.toString();
    }

    private static String podPorts(WorkloadSpec workload) {
        List<ObjectNode> ports = new ArrayList<>();
        for (ContainerSpec container : workload.containers()) {
            for (ContainerSpec.Port port : container.ports()) {
                ObjectNode one = port.name().isEmpty() ? Trees.object() : Trees.object("name", port.name());
                ports.add(one.put("containerPort", port.number()).put("protocol", port.protocol()));
            }
        }
        return Trees.array(ports).toString();
    }

    /// In the order of the names.
    private static String json(Map<String, String> fields) {
        ObjectNode json = Trees.object();
        new TreeMap<>(fields).forEach(json::put);
        return json.toString();
    }

    private static String containerNames(WorkloadSpec workload) {
        return String.join(
                ",", workload.containers().stream().map(ContainerSpec::name).toList());
    }
}
