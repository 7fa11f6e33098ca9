package dev.lateen.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.xds.NewerFields;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import org.junit.jupiter.api.Test;

class ImplementedFieldsTest {
    private static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message("envoy.config.cluster.v3.Cluster", "name", "load_assignment")
            .message("envoy.config.endpoint.v3.ClusterLoadAssignment", "cluster_name", "endpoints")
            .message("envoy.config.endpoint.v3.LocalityLbEndpoints", "locality")
            .build();

    private static final Place AT = Place.resource("cluster", "a");

    @Test
    void acceptsListedFields() {
        FIELDS.check(Cluster.newBuilder().setName("a").build(), AT);
    }

    @Test
    void namesAFieldThatIsNotListed() {
        var cluster = Cluster.newBuilder().setName("a").setAltStatName("b").build();
        assertThatThrownBy(() -> FIELDS.check(cluster, AT))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("cluster 'a': alt_stat_name:");
    }

    @Test
    void namesANestedFieldByItsPath() {
        var assignment = ClusterLoadAssignment.newBuilder()
                .addEndpoints(LocalityLbEndpoints.newBuilder())
                .addEndpoints(LocalityLbEndpoints.newBuilder().setPriority(1));
        var cluster = Cluster.newBuilder().setLoadAssignment(assignment).build();
        assertThatThrownBy(() -> FIELDS.check(cluster, AT))
                .hasMessageContaining("load_assignment.endpoints[1].priority:");
    }

    @Test
    void namesAFieldInsideAMapByItsKey() {
        var fields = ImplementedFields.builder()
                .message("envoy.config.endpoint.v3.ClusterLoadAssignment", "named_endpoints")
                .message("envoy.config.endpoint.v3.Endpoint", "address")
                .build();
        var assignment = ClusterLoadAssignment.newBuilder()
                .putNamedEndpoints("x", Endpoint.newBuilder().setHostname("h").build())
                .build();
        assertThatThrownBy(() -> fields.check(assignment, AT)).hasMessageContaining("named_endpoints['x'].hostname:");
    }

    @Test
    void refusesFieldNumbersThatItDoesNotKnow() {
        var unknown = com.google.protobuf.UnknownFieldSet.newBuilder()
                .addField(
                        9999,
                        com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                .addVarint(1)
                                .build())
                .build();
        var cluster = Cluster.newBuilder().setUnknownFields(unknown).build();
        assertThatThrownBy(() -> FIELDS.check(cluster, AT)).hasMessageContaining("9999");
    }

    @Test
    void takesTheNewerFieldsThatAreNamed() {
        var fields = ImplementedFields.builder()
                .message("envoy.config.cluster.v3.Cluster", "name")
                .newer("envoy.config.cluster.v3.Cluster", 9999)
                .build();
        var cluster = Cluster.newBuilder().setUnknownFields(NewerFields.number(9999, 1));
        fields.check(cluster.build(), AT);
        cluster.setUnknownFields(NewerFields.number(9998, 1));
        assertThatThrownBy(() -> fields.check(cluster.build(), AT)).hasMessageContaining("9998");
    }

    @Test
    void refusesPortsOutOfRangeByField() {
        var address = Address.newBuilder()
                .setSocketAddress(
                        SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(70_000))
                .build();
        assertThat(Decoded.of(() -> CommonDecoder.address(address, AT)))
                .isEqualTo(new Decoded.Rejected<>(
                        "cluster 'a': socket_address.port_value: value: 70000 (expected: 0 to 65535)"));
    }
}
