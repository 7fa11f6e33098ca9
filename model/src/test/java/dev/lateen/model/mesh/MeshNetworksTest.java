package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.kubernetes.ClusterNode;
import dev.lateen.model.kubernetes.NodePorts;
import dev.lateen.model.mesh.MeshService.Created;
import dev.lateen.model.mesh.MeshService.KubernetesFacts;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Node.Mapping;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MeshNetworksTest {
    private static Bound<MeshNetworks> networks(String yaml) {
        YamlDocument read =
                new YamlReader(YamlLimits.DEFAULT).read(yaml, "networks").getFirst();
        return MeshNetworks.of((Mapping) ((YamlDocument.Read) read).root());
    }

    private static OutsideService service(String name, Map<String, String> labels, String... outside) {
        return OutsideService.of(service(name, labels, Optional.empty(), outside), List.of())
                .orElseThrow();
    }

    private static MeshService service(
            String name, Map<String, String> labels, Optional<NodePorts> nodePorts, String... outside) {
        return new MeshService(
                new ServiceId(name, "istio-system"),
                name,
                List.of(),
                List.of(),
                "",
                Resolution.STATIC,
                MeshService.Registry.KUBERNETES,
                false,
                List.of(),
                labels,
                Map.of(),
                List.of(),
                List.of(),
                new Created(Instant.EPOCH, 0),
                new KubernetesFacts("LoadBalancer", "", List.of(outside), false, nodePorts),
                Optional.empty(),
                Origin.NONE);
    }

    @Test
    void aRegistryCountsBeforeARange() {
        MeshNetworks networks = networks("""
                networks:
                  a: {endpoints: [{fromCidr: 10.1.0.0/20}]}
                  b: {endpoints: [{fromCidr: "fd00:1::/33"}, {fromRegistry: west}]}
                """).value();
        assertThat(networks.networkOf("10.1.15.255", "east")).isEqualTo("a");
        assertThat(networks.networkOf("10.1.16.0", "east")).isEmpty();
        assertThat(networks.networkOf("fd00:1:7fff::1", "east")).isEqualTo("b");
        assertThat(networks.networkOf("fd00:1:8000::1", "east")).isEmpty();
        assertThat(networks.networkOf("10.1.0.1", "west")).isEqualTo("b");
        assertThat(networks.networkOf("", "east")).isEmpty();
    }

    @Test
    void gatewaysAreWrittenDownOrServices() {
        MeshNetworks networks = networks("""
                networks:
                  a: {gateways: [{address: 2.2.2.2, port: 443}]}
                  b: {gateways: [{registryServiceName: east, port: 444}]}
                """).value();
        OutsideService named = service("east", Map.of(), "3.3.3.3", "lb.example.com");
        OutsideService labelled = service("west", Map.of("topology.istio.io/network", "c"), "4.4.4.4");
        OutsideService other = service("else", Map.of(), "5.5.5.5");
        assertThat(networks.gateways(List.of(named, labelled, other), "here", Map.of()))
                .containsExactlyInAnyOrder(
                        new NetworkGateway("a", "", "2.2.2.2", 443),
                        new NetworkGateway("b", "here", "3.3.3.3", 444),
                        new NetworkGateway("c", "here", "4.4.4.4", 15443));
    }

    @Test
    void gatewaysThatAreNamesHaveTheAddressesThatWereFound() {
        MeshNetworks networks = networks("""
                networks:
                  a: {gateways: [{address: gateway.example.com, port: 443}]}
                  b: {gateways: [{registryServiceName: east, port: 444}]}
                """).value();
        List<OutsideService> services = List.of(
                service("east", Map.of(), "lb.example.com"),
                service("west", Map.of("topology.istio.io/network", "c"), "lb.example.com", "4.4.4.4"),
                service("else", Map.of(), "other.example.com"));
        assertThat(networks.gatewayNames(services).keySet()).containsExactly("gateway.example.com", "lb.example.com");
        assertThat(networks.gatewayNames(services).get("gateway.example.com"))
                .singleElement()
                .satisfies(origin -> assertThat(origin.field()).endsWith("networks[a].gateways[0]"));
        assertThat(networks.gateways(services, "here", Map.of()))
                .containsExactly(new NetworkGateway("c", "here", "4.4.4.4", 15443));
        Map<String, List<String>> lookedUp =
                Map.of("gateway.example.com", List.of("2.2.2.2", "fd00::2"), "lb.example.com", List.of("3.3.3.3"));
        assertThat(networks.gateways(services, "here", lookedUp))
                .containsExactlyInAnyOrder(
                        new NetworkGateway("a", "", "2.2.2.2", 443),
                        new NetworkGateway("a", "", "fd00::2", 443),
                        new NetworkGateway("b", "here", "3.3.3.3", 444),
                        new NetworkGateway("c", "here", "3.3.3.3", 15443),
                        new NetworkGateway("c", "here", "4.4.4.4", 15443));
    }

    @Test
    void gatewaysBehindPortsOfNodesAreAtTheNodesThatAreSelected() {
        MeshNetworks networks = networks("{networks: {a: {gateways: [{registryServiceName: east, port: 15443}]}}}")
                .value();
        NodePorts ports = new NodePorts(Map.of("role", "edge"), Map.of(15443, 31443));
        MeshService east = service("east", Map.of(), Optional.of(ports));
        List<ClusterNode> nodes = List.of(
                new ClusterNode(Map.of("role", "edge", "os", "linux"), List.of("2.2.2.2")),
                new ClusterNode(Map.of("role", "work"), List.of("3.3.3.3")),
                new ClusterNode(Map.of("role", "edge"), List.of()));
        assertThat(networks.gateways(OutsideService.of(east, nodes).stream().toList(), "here", Map.of()))
                .containsExactly(new NetworkGateway("a", "here", "2.2.2.2", 31443));
        assertThat(OutsideService.of(east, nodes.subList(1, 3))).isEmpty();
    }

    @Test
    void selectorsOfNodesAreMapsOfLabels() {
        assertThat(NodePorts.selector("{}")).contains(Map.of());
        assertThat(NodePorts.selector("{\"role\": \"edge\"}")).contains(Map.of("role", "edge"));
        for (String bad : List.of("", "edge", "[]", "{\"role\": [1]}", "{")) {
            assertThat(NodePorts.selector(bad)).as(bad).isEmpty();
        }
    }
}
