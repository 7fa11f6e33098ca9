package dev.lateen.translate;

import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.mesh.Protocol;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.time.Duration;
import java.util.List;

/// A cluster of one server that stands in no registry.
final class DirectCluster {
    private static final String KEY = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private DirectCluster() {}

    /// @param host name or address
    static Cluster.Builder to(String name, String host, int port) {
        ClusterLoadAssignment.Builder assignment =
                ClusterLoadAssignment.newBuilder().setClusterName(name);
        assignment
                .addEndpointsBuilder()
                .addLbEndpointsBuilder()
                .getEndpointBuilder()
                .setAddress(Protos.address(host, port));
        return Cluster.newBuilder()
                .setName(name)
                .setType(isAddress(host) ? Cluster.DiscoveryType.STATIC : Cluster.DiscoveryType.STRICT_DNS)
                .setConnectTimeout(Protos.duration(Duration.ofSeconds(1)))
                .setLoadAssignment(assignment);
    }

    /// Whose connections speak HTTP/2.
    static Cluster.Builder http2(Cluster.Builder cluster) {
        HttpProtocolOptions.Builder http = HttpProtocolOptions.newBuilder();
        http.getExplicitHttpConfigBuilder().setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance());
        return cluster.putTypedExtensionProtocolOptions(KEY, Protos.any(http.build()));
    }

    /// Whose connections are as `tlsSettings` say, which name a server by its files.
    ///
    /// @param http2 whether they speak HTTP/2
    static void secure(Cluster.Builder cluster, ClientTls tls, String host, boolean http2, Scene scene) {
        // A server that is named by its address may be one of the mesh, of which nobody says here who it is.
        UpstreamTls.apply(
                cluster, tls, new UpstreamTls.Peer(host, List.of(), List.of(), Protocol.TCP, http2, false), scene);
    }

    private static boolean isAddress(String host) {
        return host.matches("[0-9.]+") || host.indexOf(':') >= 0;
    }
}
