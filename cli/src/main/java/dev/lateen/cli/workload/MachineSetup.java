package dev.lateen.cli.workload;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.tree.YamlText;
import dev.lateen.model.mesh.CanonicalNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// The files by which a machine joins the mesh as a workload of a group: what its proxy and its packet filter are to
/// know. They hold no secret; the token is written beside them.
///
/// Thread: any (immutable).
///
/// @param group a WorkloadGroup
/// @param meshConfig of the mesh; the group's annotation `proxy.istio.io/config` goes before its `defaultConfig`
/// @param controlPlane where it is
/// @param clusterId of the cluster whose machines these are, in the mesh
/// @param address that the machine has, or under which others reach it; empty where the machine is to find out
/// @param dns whether the proxy answers names of the mesh
/// @param autoRegister whether the workload registers itself
///
/// Source: Istio, `istioctl experimental workload entry configure`.
public record MachineSetup(
        ObjectNode group,
        ObjectNode meshConfig,
        ControlPlanePlace controlPlane,
        String clusterId,
        String address,
        boolean dns,
        boolean autoRegister) {
    private static final String PROXY_CONFIG = "proxy.istio.io/config";
    /// Of ssh, without which a machine whose proxy fails would be out of reach, and of the proxy itself.
    private static final String EXCLUDED_PORTS = "22,15090,15021,15020";

    /// @param namespace of the control plane
    /// @param revision empty for the default one
    /// @param ingress the address under which machines reach it; empty where it is not known
    public record ControlPlanePlace(String namespace, String revision, String ingress) {
        /// Whether proxies have to be told, because they would ask another one.
        boolean isNamed() {
            return !revision.isEmpty() && !revision.equals("default");
        }

        String host() {
            return (isNamed() ? "istiod-" + revision : "istiod") + "." + namespace + ".svc";
        }

        String address() {
            return host() + ":15012";
        }
    }

    /// `cluster.env`: variables as a shell reads them.
    public String clusterEnv() {
        Map<String, String> variables = new TreeMap<>(proxyMetadata());
        variables.put("ISTIO_INBOUND_PORTS", inboundPorts());
        variables.put("ISTIO_NAMESPACE", namespace());
        variables.put("ISTIO_SERVICE", name() + "." + namespace());
        variables.put("ISTIO_SERVICE_CIDR", "*");
        variables.put("ISTIO_LOCAL_EXCLUDE_PORTS", EXCLUDED_PORTS);
        variables.put("SERVICE_ACCOUNT", account());
        if (controlPlane.isNamed()) {
            variables.put("CA_ADDR", controlPlane.address());
        }
        if (!address.isEmpty()) {
            variables.put("ISTIO_SVC_IP", address);
        }
        StringBuilder text = new StringBuilder();
        variables.forEach((name, value) -> text.append(name)
                .append("='")
                .append(value.replace("'", "'\\''"))
                .append("'\n"));
        return text.toString();
    }

    /// `mesh.yaml`: the proxy's configuration.
    public String meshYaml() {
        ObjectNode config = defaultConfig();
        ObjectNode metadata = Trees.object();
        proxyMetadata().forEach(metadata::put);
        config.set("proxyMetadata", metadata);
        if (controlPlane.isNamed()) {
            config.put("discoveryAddress", controlPlane.address());
        }
        if (Trees.at(group, "spec", "probe") instanceof ObjectNode probe) {
            config.set("readinessProbe", probe);
        }
        return YamlText.write(Trees.object("defaultConfig", config));
    }

    /// `hosts`: where the control plane's name leads; empty where that is not known.
    public String hosts() {
        String discovery = Trees.text(defaultConfig(), "discoveryAddress");
        int colon = discovery.lastIndexOf(':');
        String host = controlPlane.isNamed() || colon <= 0 ? controlPlane.host() : discovery.substring(0, colon);
        return controlPlane.ingress().isEmpty() ? "" : controlPlane.ingress() + " " + host + "\n";
    }

    /// Whom the machine's token has to prove.
    public String account() {
        String account = Trees.text(group, "spec", "template", "serviceAccount");
        return account.isEmpty() ? "default" : account;
    }

    public String name() {
        return Trees.text(group, "metadata", "name");
    }

    public String namespace() {
        return Trees.text(group, "metadata", "namespace");
    }

    public String trustDomain() {
        return Trees.text(meshConfig, "trustDomain");
    }

    private ObjectNode defaultConfig() {
        ObjectNode config =
                Trees.at(meshConfig, "defaultConfig") instanceof ObjectNode given ? given.deepCopy() : Trees.object();
        annotated().properties().forEach(field -> {
            if (field.getKey().equals("proxyMetadata") && field.getValue() instanceof ObjectNode metadata) {
                Trees.into(config, "proxyMetadata").setAll(metadata);
            } else {
                config.set(field.getKey(), field.getValue());
            }
        });
        return config;
    }

    private ObjectNode annotated() {
        String text = Trees.text(group, "spec", "metadata", "annotations", PROXY_CONFIG);
        return text.isEmpty() ? Trees.object() : SettingsText.read(text, "annotation " + PROXY_CONFIG);
    }

    private Map<String, String> proxyMetadata() {
        Map<String, String> metadata = new TreeMap<>();
        Trees.at(defaultConfig(), "proxyMetadata")
                .properties()
                .forEach(one -> metadata.put(one.getKey(), one.getValue().asString("")));
        Map<String, String> labels = labels();
        metadata.put("CANONICAL_SERVICE", CanonicalNames.service(labels, name()));
        metadata.put("CANONICAL_REVISION", CanonicalNames.revision(labels, "latest"));
        metadata.put("POD_NAMESPACE", namespace());
        metadata.put("SERVICE_ACCOUNT", account());
        metadata.put("TRUST_DOMAIN", trustDomain());
        metadata.put("ISTIO_META_CLUSTER_ID", clusterId);
        metadata.put("ISTIO_META_MESH_ID", Trees.text(meshConfig, "defaultConfig", "meshId"));
        metadata.put("ISTIO_META_NETWORK", Trees.text(group, "spec", "template", "network"));
        metadata.put("ISTIO_META_WORKLOAD_NAME", name());
        labels.put("service.istio.io/canonical-name", metadata.get("CANONICAL_SERVICE"));
        labels.put("service.istio.io/canonical-revision", metadata.get("CANONICAL_REVISION"));
        ObjectNode all = Trees.object();
        labels.forEach(all::put);
        metadata.put("ISTIO_METAJSON_LABELS", all.toString());
        if (!ports().isEmpty()) {
            metadata.put("ISTIO_META_POD_PORTS", podPorts());
        }
        metadata.put("ISTIO_META_DNS_CAPTURE", Boolean.toString(dns));
        if (autoRegister) {
            metadata.put("ISTIO_META_AUTO_REGISTER_GROUP", name());
        }
        return metadata;
    }

    /// Those of the group's metadata, where users are to set them, before those of its template.
    private TreeMap<String, String> labels() {
        TreeMap<String, String> labels = new TreeMap<>();
        for (String where : List.of("template", "metadata")) {
            Trees.at(group, "spec", where, "labels")
                    .properties()
                    .forEach(one -> labels.put(one.getKey(), one.getValue().asString("")));
        }
        return labels;
    }

    private Map<String, String> ports() {
        Map<String, String> ports = new TreeMap<>();
        Trees.at(group, "spec", "template", "ports")
                .properties()
                .forEach(one -> ports.put(one.getKey(), one.getValue().asString("")));
        return ports;
    }

    /// Where nothing is said, all of them.
    private String inboundPorts() {
        return ports().isEmpty() ? "*" : String.join(",", ports().values());
    }

    private String podPorts() {
        List<ObjectNode> all = new ArrayList<>();
        ports().forEach((name, number) ->
                all.add(Trees.object("name", name, "containerPort", Integer.parseInt(number), "protocol", "")));
        return Trees.array(all).toString();
    }
}
