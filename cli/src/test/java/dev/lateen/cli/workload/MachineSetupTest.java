package dev.lateen.cli.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.workload.MachineSetup.ControlPlanePlace;
import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What is written for a machine.
class MachineSetupTest {
    private static final String GROUP = """
            apiVersion: networking.istio.io/v1
            kind: WorkloadGroup
            metadata: {name: cart, namespace: shop}
            spec:
              metadata:
                labels: {app: basket, version: v2}
                annotations:
                  proxy.istio.io/config: "proxyMetadata: {OWN: group, COMMON: group}"
              template:
                ports: {http: 8080, grpc: 3550}
                serviceAccount: cart
                network: dc1
              probe: {tcpSocket: {port: 8080}, periodSeconds: 2}
            """;
    private static final String MESH = """
            trustDomain: example.org
            defaultConfig: {meshId: m1, proxyMetadata: {COMMON: mesh, QUOTE: it's}}
            """;

    @Test
    void writesVariables() {
        assertThat(setup("").clusterEnv()).isEqualTo("""
                CANONICAL_REVISION='v2'
                CANONICAL_SERVICE='basket'
                COMMON='group'
                ISTIO_INBOUND_PORTS='3550,8080'
                ISTIO_LOCAL_EXCLUDE_PORTS='22,15090,15021,15020'
                ISTIO_METAJSON_LABELS='{"app":"basket","service.istio.io/canonical-name":"basket",\
                "service.istio.io/canonical-revision":"v2","version":"v2"}'
                ISTIO_META_AUTO_REGISTER_GROUP='cart'
                ISTIO_META_CLUSTER_ID='east'
                ISTIO_META_DNS_CAPTURE='true'
                ISTIO_META_MESH_ID='m1'
                ISTIO_META_NETWORK='dc1'
                ISTIO_META_POD_PORTS='[{"name":"grpc","containerPort":3550,"protocol":""},\
                {"name":"http","containerPort":8080,"protocol":""}]'
                ISTIO_META_WORKLOAD_NAME='cart'
                ISTIO_NAMESPACE='shop'
                ISTIO_SERVICE='cart.shop'
                ISTIO_SERVICE_CIDR='*'
                ISTIO_SVC_IP='192.0.2.7'
                OWN='group'
                POD_NAMESPACE='shop'
                QUOTE='it'\\''s'
                SERVICE_ACCOUNT='cart'
                TRUST_DOMAIN='example.org'
                """);
    }

    @Test
    void writesTheProxysConfiguration() {
        ObjectNode config = (ObjectNode) Trees.at(read(setup("").meshYaml()), "defaultConfig");

        assertThat(Trees.at(config, "readinessProbe").toString())
                .isEqualTo("{\"tcpSocket\":{\"port\":8080},\"periodSeconds\":2}");
        assertThat(Trees.text(config, "meshId")).isEqualTo("m1");
        assertThat(Trees.text(config, "proxyMetadata", "ISTIO_META_AUTO_REGISTER_GROUP"))
                .isEqualTo("cart");
        assertThat(config.has("discoveryAddress")).isFalse();
    }

    @Test
    void namesAControlPlaneThatIsNotTheUsualOne() {
        MachineSetup canary = setup("canary");

        assertThat(canary.clusterEnv()).contains("CA_ADDR='istiod-canary.istio-system.svc:15012'\n");
        assertThat(canary.meshYaml()).contains("discoveryAddress: istiod-canary.istio-system.svc:15012");
        assertThat(canary.hosts()).isEqualTo("203.0.113.1 istiod-canary.istio-system.svc\n");
    }

    @Test
    void saysWhereTheControlPlaneIs() {
        assertThat(setup("").hosts()).isEqualTo("203.0.113.1 istiod.istio-system.svc\n");
    }

    private static MachineSetup setup(String revision) {
        return new MachineSetup(
                read(GROUP),
                read(MESH),
                new ControlPlanePlace("istio-system", revision, "203.0.113.1"),
                "east",
                "192.0.2.7",
                true,
                true);
    }

    private static ObjectNode read(String yaml) {
        return SettingsText.read(yaml, "test");
    }
}
