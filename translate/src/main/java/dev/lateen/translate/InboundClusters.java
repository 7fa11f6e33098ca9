package dev.lateen.translate;

import com.google.protobuf.Duration;
import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.Sidecar;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.ServicePort;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.ExtraSourceAddress;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Clusters for what a sidecar receives: the application beside it.
final class InboundClusters {
    /// Source address of connections to the application, by which redirection rules know not to redirect them again.
    private static final String OWN_SOURCE = "127.0.0.6";
    private static final String OWN_SOURCE_V6 = "::6";
    /// As long as a duration may be: destinations are never forgotten.
    private static final Duration FOREVER =
            Duration.newBuilder().setSeconds(9_223_372_035L).build();

    private InboundClusters() {}

    static List<Cluster> of(Scene scene, List<InboundPort> ports) {
        List<Cluster> clusters = new ArrayList<>();
        for (InboundPort port : ports) {
            clusters.add(cluster(scene, port));
        }
        return clusters;
    }

    private static Cluster cluster(Scene scene, InboundPort port) {
        String name = Names.inbound(port.number());
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(name)
                .setAltStatName(statName(scene, name, port))
                .setConnectTimeout(Protos.duration(scene.mesh().connectTimeout()));
        destination(scene, port, cluster);
        cluster.setCommonLbConfig(Cluster.CommonLbConfig.getDefaultInstance());
        TrafficPolicies.connectionPool(cluster, port.pool(), scene.mesh().tcpKeepalive());
        boolean http2 = port.protocol().isHttp2();
        HttpUpstream.apply(
                scene, cluster, port.protocol(), http2, port.pool(), HttpUpstream.Naming.CONFIGURED, List.of());
        if (!port.services().isEmpty()) {
            cluster.setMetadata(Provenance.cluster(
                    port.services(),
                    ruleOf(scene, port),
                    "",
                    port.services().getFirst().origin()));
        } else {
            scene.outbound()
                    .sidecar()
                    .map(Sidecar::origin)
                    .ifPresent(o -> cluster.setMetadata(Provenance.cluster(List.of(), Optional.empty(), "", o)));
        }
        return cluster.build();
    }

    /// The rule that shapes what clients send, whose limits hold here too.
    private static Optional<Origin> ruleOf(Scene scene, InboundPort port) {
        return port.eldest()
                .flatMap(service ->
                        scene.outbound().destinationRule(service, scene.node().labels()))
                .filter(rule -> rule.trafficPolicy().isPresent())
                .map(DestinationRule::origin);
    }

    private static String statName(Scene scene, String name, InboundPort port) {
        Optional<MeshService> service = port.eldest();
        Optional<ServicePort> servicePort = port.service();
        return service.isPresent() && servicePort.isPresent()
                ? StatNames.inbound(scene, name, service.get(), servicePort.get())
                : Names.stat(name);
    }

    private static void destination(Scene scene, InboundPort port, Cluster.Builder cluster) {
        Integer app = scene.node().metadata().appPorts().get(port.number());
        if (app != null) {
            toAddress(cluster, scene.loopback(), app);
            return;
        }
        String endpoint = port.endpoint();
        if (endpoint.startsWith("unix://")) {
            toAddress(cluster, endpoint, 0);
            return;
        }
        if (!endpoint.isEmpty()) {
            int colon = endpoint.lastIndexOf(':');
            String host = endpoint.substring(0, colon).replaceAll("[\\[\\]]", "");
            toOwnAddress(scene, cluster, host, Integer.parseInt(endpoint.substring(colon + 1)));
            return;
        }
        if (scene.mesh().inboundLocalhost() || scene.bindsExplicitly()) {
            toAddress(cluster, scene.loopback(), port.number());
            return;
        }
        cluster.setType(Cluster.DiscoveryType.ORIGINAL_DST)
                .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
                .setCleanupInterval(FOREVER)
                .setUpstreamBindConfig(source(scene, scene.settings().on("EnableDualStack")));
    }

    /// Loopback, or the workload's own address: of the family that is written, where the workload has it.
    private static void toOwnAddress(Scene scene, Cluster.Builder cluster, String written, int port) {
        boolean ipv6 = isIpv6(written);
        if (written.equals("127.0.0.1") || written.equals("::1")) {
            toAddress(cluster, ipv6 && scene.node().supportsIpv6() ? "::1" : scene.loopback(), port);
            return;
        }
        String own = scene.node().addresses().stream()
                .filter(address -> isIpv6(address) == ipv6)
                .findFirst()
                .orElse(scene.node().address());
        toAddress(cluster, own, port);
        // From elsewhere the connection would be led back to the proxy.
        cluster.setUpstreamBindConfig(
                BindConfig.newBuilder().setSourceAddress(address(isIpv6(own) ? OWN_SOURCE_V6 : OWN_SOURCE)));
    }

    private static boolean isIpv6(String address) {
        return address.indexOf(':') >= 0;
    }

    private static void toAddress(Cluster.Builder cluster, String host, int port) {
        ClusterLoadAssignment.Builder assignment =
                ClusterLoadAssignment.newBuilder().setClusterName(cluster.getName());
        assignment
                .addEndpointsBuilder()
                .addLbEndpointsBuilder()
                .getEndpointBuilder()
                .setAddress(Protos.address(host, port));
        cluster.setType(Cluster.DiscoveryType.STATIC)
                .setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN)
                .setLoadAssignment(assignment);
    }

    /// @param both whether the other family counts too
    private static BindConfig source(Scene scene, boolean both) {
        BindConfig.Builder bind =
                BindConfig.newBuilder().setSourceAddress(address(scene.ipv6Only() ? OWN_SOURCE_V6 : OWN_SOURCE));
        if (both && scene.node().supportsIpv6() && scene.node().supportsIpv4()) {
            bind.addExtraSourceAddresses(ExtraSourceAddress.newBuilder().setAddress(address(OWN_SOURCE_V6)));
        }
        return bind.build();
    }

    private static SocketAddress address(String host) {
        return SocketAddress.newBuilder().setAddress(host).setPortValue(0).build();
    }

    /// For ports that no service leads to.
    static Cluster passthrough(Scene scene) {
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(Names.INBOUND_PASSTHROUGH)
                .setAltStatName(Names.stat(Names.PASSTHROUGH))
                .setType(Cluster.DiscoveryType.ORIGINAL_DST)
                .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
                .setConnectTimeout(Protos.duration(scene.mesh().connectTimeout()))
                .setUpstreamBindConfig(source(scene, true));
        HttpUpstream.applyPassthrough(scene, cluster, Optional.empty());
        TrafficPolicies.connectionPool(cluster, Optional.empty(), scene.mesh().tcpKeepalive());
        return cluster.build();
    }
}
