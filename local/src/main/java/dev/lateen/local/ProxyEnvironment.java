package dev.lateen.local;

import dev.lateen.local.capture.Capture;
import dev.lateen.local.capture.Place;
import dev.lateen.local.manifest.ContainerSpec;
import dev.lateen.local.manifest.WorkloadSpec;
import dev.lateen.local.manifest.WorkloadSpec.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

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
        environment.put("ISTIO_METAJSON_LABELS", JsonText.object(workload.labels()));
        environment.put("ISTIO_METAJSON_ANNOTATIONS", JsonText.object(workload.annotations()));
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
                environment.put("ISTIO_META_DNS_CAPTURE", "true");
                environment.put("ISTIO_META_DNS_AUTO_ALLOCATE", "true");
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
            environment.put("ISTIO_METAJSON_APP_PORTS", JsonText.object(ports));
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
        environment.put("ISTIO_PROMETHEUS_ANNOTATIONS", JsonText.object(said));
    }

    /// Istio's ProxyConfig; the proxy itself puts the pod's annotation over it.
    private String proxyConfig(WorkloadSpec workload) {
        Map<String, String> config = new TreeMap<>();
        config.put("discoveryAddress", control.tls());
        config.put("serviceCluster", workload.name() + "." + workload.namespace());
        return JsonText.object(config);
    }

    private static String podPorts(WorkloadSpec workload) {
        StringJoiner ports = new StringJoiner(",", "[", "]");
        for (ContainerSpec container : workload.containers()) {
            for (ContainerSpec.Port port : container.ports()) {
                String name = port.name().isEmpty() ? "" : "\"name\":" + JsonText.string(port.name()) + ",";
                ports.add("{" + name + "\"containerPort\":" + port.number() + ",\"protocol\":"
                        + JsonText.string(port.protocol()) + "}");
            }
        }
        return ports.toString();
    }

    private static String containerNames(WorkloadSpec workload) {
        return String.join(
                ",", workload.containers().stream().map(ContainerSpec::name).toList());
    }
}
