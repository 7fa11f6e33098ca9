package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.EndpointConfig.Health;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.stream.PeerInfo;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decodes ClusterLoadAssignment resources.
public final class EndpointDecoder {
    private static final int MAX_PRIORITY = 128;
    private static final int MAX_PORT = 65_535;

    private EndpointDecoder() {}

    public static Decoded<EndpointsConfig> decode(ClusterLoadAssignment assignment) {
        return Decoded.of(() -> {
            Place at = Place.resource("endpoints", assignment.getClusterName());
            at.field("cluster_name").require(!assignment.getClusterName().isEmpty(), "is empty (expected: a name)");
            ClusterFields.ENDPOINTS.check(assignment, at);
            EndpointsConfig config = decode(assignment, at);
            requireAddresses(config, at);
            return config;
        });
    }

    /// Endpoint discovery and static clusters need addresses, since nobody resolves names for them.
    static void requireAddresses(EndpointsConfig config, Place at) {
        for (EndpointsConfig.Locality locality : config.localities()) {
            for (EndpointConfig endpoint : locality.endpoints()) {
                if (endpoint.address() instanceof InetSocketAddress address && address.isUnresolved()) {
                    throw at.refuse("address: '" + address.getHostString()
                            + "' is no IP address; a cluster of type STRICT_DNS or LOGICAL_DNS resolves names");
                }
            }
        }
    }

    static EndpointsConfig decode(ClusterLoadAssignment assignment, Place at) {
        List<EndpointsConfig.Locality> localities = new ArrayList<>();
        for (int index = 0; index < assignment.getEndpointsCount(); index++) {
            localities.add(locality(
                    assignment.getEndpoints(index),
                    assignment.getNamedEndpointsMap(),
                    at.field("endpoints").index(index)));
        }
        ClusterLoadAssignment.Policy policy = assignment.getPolicy();
        int factor = policy.hasOverprovisioningFactor()
                ? policy.getOverprovisioningFactor().getValue()
                : EndpointsConfig.DEFAULT_OVERPROVISIONING;
        at.field("policy.overprovisioning_factor").require(factor > 0, "value: " + factor + " (expected: above 0)");
        return new EndpointsConfig(assignment.getClusterName(), factor, List.copyOf(localities));
    }

    @SuppressWarnings("deprecation") // load_balancer_endpoints may still be sent.
    private static EndpointsConfig.Locality locality(
            LocalityLbEndpoints endpoints, Map<String, Endpoint> named, Place at) {
        int priority = endpoints.getPriority();
        if (priority < 0 || priority > MAX_PRIORITY) {
            throw at.field("priority").refuse(Integer.toUnsignedString(priority), "0 to " + MAX_PRIORITY);
        }
        List<LbEndpoint> list = endpoints.hasLoadBalancerEndpoints()
                ? endpoints.getLoadBalancerEndpoints().getLbEndpointsList()
                : endpoints.getLbEndpointsList();
        Locality locality = endpoints.getLocality();
        List<EndpointConfig> decoded = new ArrayList<>(list.size());
        for (int index = 0; index < list.size(); index++) {
            decoded.add(
                    endpoint(list.get(index), named, at.field("lb_endpoints").index(index)));
        }
        return new EndpointsConfig.Locality(
                new LocalityName(locality.getRegion(), locality.getZone(), locality.getSubZone()),
                priority,
                endpoints.hasLoadBalancingWeight()
                        ? endpoints.getLoadBalancingWeight().getValue()
                        : 0,
                List.copyOf(decoded));
    }

    private static EndpointConfig endpoint(LbEndpoint endpoint, Map<String, Endpoint> named, Place at) {
        Endpoint host = switch (endpoint.getHostIdentifierCase()) {
            case ENDPOINT -> endpoint.getEndpoint();
            case ENDPOINT_NAME -> named(endpoint.getEndpointName(), named, at.field("endpoint_name"));
            case HOSTIDENTIFIER_NOT_SET -> throw at.refuse("expected: endpoint or endpoint_name");
        };
        int weight = endpoint.hasLoadBalancingWeight()
                ? endpoint.getLoadBalancingWeight().getValue()
                : 1;
        at.field("load_balancing_weight").require(weight > 0, "value: " + weight + " (expected: at least 1)");
        Metadata metadata = Metadata.of(endpoint.getMetadata());
        return new EndpointConfig(
                CommonDecoder.address(host.getAddress(), at.field("endpoint.address")),
                host.getHostname(),
                weight,
                health(endpoint.getHealthStatus(), at.field("health_status")),
                check(host, at.field("endpoint.health_check_config")),
                metadata,
                peer(metadata.text("istio", "workload")));
    }

    private static EndpointCheck check(Endpoint host, Place at) {
        if (!host.hasHealthCheckConfig()) {
            return EndpointCheck.USUAL;
        }
        Endpoint.HealthCheckConfig check = host.getHealthCheckConfig();
        int port = check.getPortValue();
        at.field("port_value")
                .require(
                        port >= 0 && port <= MAX_PORT,
                        "value: " + Integer.toUnsignedString(port) + " (expected: 0 to " + MAX_PORT + ")");
        SocketAddress address =
                check.hasAddress() ? CommonDecoder.address(check.getAddress(), at.field("address")) : null;
        at.field("address")
                .require(
                        !(address instanceof InetSocketAddress inet && inet.isUnresolved()),
                        "is no IP address; names are not resolved for checks");
        return new EndpointCheck(address, port, check.getHostname(), check.getDisableActiveHealthCheck());
    }

    private static Endpoint named(String name, Map<String, Endpoint> named, Place at) {
        Endpoint endpoint = named.get(name);
        if (endpoint == null) {
            throw at.refuse("'" + name + "' is not among named_endpoints");
        }
        return endpoint;
    }

    static Health health(HealthStatus status, Place at) {
        return switch (status) {
            case UNKNOWN, HEALTHY -> Health.HEALTHY;
            case DEGRADED -> Health.DEGRADED;
            case UNHEALTHY, TIMEOUT -> Health.UNHEALTHY;
            case DRAINING -> Health.DRAINING;
            case UNRECOGNIZED -> throw at.refuse("an unknown health status");
        };
    }

    /// `name;namespace;canonical service;canonical revision;cluster`: what the control plane tells of the workload
    /// behind an endpoint.
    public static PeerInfo peer(@Nullable String workload) {
        if (workload == null) {
            return PeerInfo.UNKNOWN;
        }
        String[] parts = workload.split(";", -1);
        String service = part(parts, 2, PeerInfo.UNKNOWN_TEXT);
        String revision = part(parts, 3, "latest");
        return new PeerInfo(
                part(parts, 0, PeerInfo.UNKNOWN_TEXT),
                part(parts, 1, PeerInfo.UNKNOWN_TEXT),
                service,
                revision,
                service,
                revision,
                part(parts, 4, PeerInfo.UNKNOWN_TEXT));
    }

    private static String part(String[] parts, int index, String otherwise) {
        return index < parts.length && !parts[index].isEmpty() ? parts[index] : otherwise;
    }
}
