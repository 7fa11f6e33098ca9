package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Templates for applications whose gRPC library speaks xDS itself, so that no proxy carries their traffic:
/// `grpc-simple` writes the library's bootstrap, `grpc-agent` runs the agent beside it for certificates too.
final class GrpcTemplates {
    private static final String SIMPLE_VOLUME = "grpc-io-proxyless-bootstrap";
    private static final String SIMPLE_DIRECTORY = "/var/lib/grpc/data/";
    private static final String BOOTSTRAP_SCRIPT = """
        NODE_ID="sidecar~${INSTANCE_IP}~${POD_NAME}.${POD_NAMESPACE}~cluster.local"
        SERVER_URI="dns:///istiod.${ISTIO_NAMESPACE}.svc:15010"
        echo '
        {
          "xds_servers": [
            {
              "server_uri": "'${SERVER_URI}'",
              "channel_creds": [{"type": "insecure"}],
              "server_features" : ["xds_v3"]
            }
          ],
          "node": {
            "id": "'${NODE_ID}'",
            "metadata": {
              "GENERATOR": "grpc"
            }
          }
        }' > /var/lib/grpc/data/bootstrap.json\
        """;

    private GrpcTemplates() {}

    static ObjectNode simple(TemplateContext context) {
        ObjectNode init = Trees.object("name", "grpc-bootstrap-init", "image", "busybox:1.28");
        init.set("volumeMounts", Trees.array(Trees.object("mountPath", SIMPLE_DIRECTORY, "name", SIMPLE_VOLUME)));
        init.set(
                "env",
                Trees.array(
                        ProxyEnvironment.field("INSTANCE_IP", "status.podIP"),
                        ProxyEnvironment.field("POD_NAME", "metadata.name"),
                        ProxyEnvironment.field("POD_NAMESPACE", "metadata.namespace"),
                        ProxyEnvironment.variable(
                                "ISTIO_NAMESPACE", context.settings().value("global", "istioNamespace"))));
        init.set("command", Trees.array("sh", "-c", BOOTSTRAP_SCRIPT));
        ArrayNode containers = Trees.array();
        for (String name : context.applicationContainers()) {
            containers.add(Trees.object(
                    "name",
                    name,
                    "env",
                    Trees.array(
                            ProxyEnvironment.variable("GRPC_XDS_BOOTSTRAP", SIMPLE_DIRECTORY + "bootstrap.json"),
                            ProxyEnvironment.variable("GRPC_GO_LOG_VERBOSITY_LEVEL", "99"),
                            ProxyEnvironment.variable("GRPC_GO_LOG_SEVERITY_LEVEL", "info")),
                    "volumeMounts",
                    Trees.array(Trees.object("mountPath", SIMPLE_DIRECTORY, "name", SIMPLE_VOLUME))));
        }
        ObjectNode spec = Trees.object("initContainers", Trees.array(init), "containers", containers);
        spec.set("volumes", Trees.array(Trees.object("name", SIMPLE_VOLUME, "emptyDir", Trees.object())));
        return Trees.object("metadata", Trees.object("annotations", noProbeRewrite()), "spec", spec);
    }

    static ObjectNode agent(TemplateContext context) {
        ObjectNode proxy = ProxyContainer.grpcAgent(context);
        ArrayNode containers = Trees.array();
        for (String name : context.applicationContainers()) {
            containers.add(Trees.object(
                    "name",
                    name,
                    "env",
                    Trees.array(
                            ProxyEnvironment.variable("GRPC_XDS_EXPERIMENTAL_SECURITY_SUPPORT", "true"),
                            ProxyEnvironment.variable("GRPC_XDS_BOOTSTRAP", "/etc/istio/proxy/grpc-bootstrap.json")),
                    "volumeMounts",
                    Trees.array(
                            Trees.object("mountPath", "/var/lib/istio/data", "name", "istio-data"),
                            Trees.object("mountPath", "/etc/istio/proxy", "name", "istio-xds"))));
        }
        containers.add(proxy);
        ArrayNode volumes = SidecarVolumes.volumes(context, false);
        volumes.add(Trees.object("name", "istio-xds", "emptyDir", Trees.object("medium", "Memory")));
        volumes.removeIf(volume -> Trees.text(volume, "name").equals("istio-envoy"));
        ObjectNode spec = Trees.object("containers", containers, "volumes", volumes);
        PodTemplates.addPullSecrets(context, spec);
        ObjectNode annotations = PodTemplates.annotations(context);
        annotations.setAll(noProbeRewrite());
        return PodTemplates.template(PodTemplates.canonicalLabels(context), annotations, spec);
    }

    private static ObjectNode noProbeRewrite() {
        return Trees.object(Names.REWRITE_PROBES, "false");
    }
}
