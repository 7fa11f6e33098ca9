package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where a sidecar passes on what its workload is sent at ports that a Sidecar declares.
class InboundClustersTest {
    private static final String SIDECAR = """
            apiVersion: networking.istio.io/v1
            kind: Sidecar
            metadata: {name: web, namespace: default}
            spec: {ingress: [{port: {number: 8080, name: http, protocol: HTTP}, defaultEndpoint: "ENDPOINT"}]}
            """;
    private static final String SERVICE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: web, namespace: default}
            spec:
              hosts: [web.test]
              resolution: STATIC
              location: MESH_INTERNAL
              ports: [{number: 80, name: http, protocol: HTTP}, {number: 8080, name: other, protocol: HTTP}]
              endpoints: [{address: 10.1.0.1, ports: {http: 8080, other: 8081}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: web, namespace: default}
            spec:
              host: web.test
              trafficPolicy:
                portLevelSettings:
                - {port: {number: 80}, connectionPool: {tcp: {maxConnections: 7}}}
                - {port: {number: 8080}, connectionPool: {tcp: {maxConnections: 9}}}
            """;

    private static Cluster cluster(String mesh, String addresses) throws Exception {
        return new Translated(mesh, "sidecar", "default", Map.of("INSTANCE_IPS", addresses)).cluster("inbound|8080||");
    }

    /// From 127.0.0.6 and ::6 the kernel leads nothing back to the proxy; from loopback it does not anyway.
    @ParameterizedTest
    @CsvSource({
        "'10.1.0.1,fd00::1', 127.0.0.1:9000, 127.0.0.1, ''",
        "'10.1.0.1,fd00::1', [::1]:9000, ::1, ''",
        "'10.1.0.1,fd00::1', 0.0.0.0:9000, 10.1.0.1, 127.0.0.6",
        "'10.1.0.1,fd00::1', [::]:9000, fd00::1, ::6",
        "10.1.0.1, [::1]:9000, 127.0.0.1, ''",
        "10.1.0.1, [::]:9000, 10.1.0.1, 127.0.0.6",
    })
    void theEndpointIsOfTheFamilyThatIsWrittenWhereTheWorkloadHasIt(
            String addresses, String endpoint, String address, String source) throws Exception {
        Cluster cluster = cluster(SIDECAR.replace("ENDPOINT", endpoint), addresses);
        assertThat(address(cluster).getSocketAddress().getAddress()).isEqualTo(address);
        assertThat(address(cluster).getSocketAddress().getPortValue()).isEqualTo(9000);
        assertThat(cluster.getUpstreamBindConfig().getSourceAddress().getAddress())
                .isEqualTo(source);
    }

    private static Address address(Cluster cluster) {
        return cluster.getLoadAssignment()
                .getEndpoints(0)
                .getLbEndpoints(0)
                .getEndpoint()
                .getAddress();
    }

    /// A service may call the workload's port by another number.
    @Test
    void aDeclaredPortBelongsToTheServiceThatLeadsThere() throws Exception {
        Cluster cluster = cluster(SIDECAR.replace("ENDPOINT", "127.0.0.1:9000") + SERVICE, "10.1.0.1");
        assertThat(cluster.getCircuitBreakers()
                        .getThresholds(0)
                        .getMaxConnections()
                        .getValue())
                .isEqualTo(7);
    }
}
