package dev.lateen.proxy.bootstrap;

import com.google.protobuf.Value;
import dev.lateen.proxy.cluster.LocalZone;
import dev.lateen.proxy.cluster.LocalityName;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.overload.ConnectionLimits;
import dev.lateen.proxy.overload.OverloadConfig;
import dev.lateen.proxy.probe.HealthCheckConfig;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the process starts from. The resources inside stay in their wire form, since they go through the same decoders
/// as those of the control plane.
///
/// Thread: any (immutable).
///
/// @param node who we are towards the control plane
/// @param admin where the admin API listens, if at all
/// @param agent where the endpoints of Istio's agent listen (readiness, merged numbers)
/// @param resources static listeners, clusters and secrets, and what `config_dump` shows as the bootstrap
/// @param discovery the control plane, if any
/// @param identity where the workload's certificate comes from, if this process fetches it
/// @param connections of clients, how many there may be
/// @param overload when load is shed
public record BootstrapConfig(
        Node node,
        Optional<SocketAddress> admin,
        List<SocketAddress> agent,
        Bootstrap resources,
        Optional<DiscoveryConfig> discovery,
        Optional<IdentityConfig> identity,
        ConnectionLimits connections,
        OverloadConfig overload) {
    private static final String EVICTION = "sidecar.istio.io/statsEvictionInterval";
    private static final Set<String> REDIRECTED = Set.of("REDIRECT", "TPROXY");

    /// How many workers Istio's proxy configuration asks for; 0 stands for every processor.
    public int concurrency() {
        return (int) metadata("PROXY_CONFIG")
                .getStructValue()
                .getFieldsOrDefault("concurrency", Value.getDefaultInstance())
                .getNumberValue();
    }

    /// Whether an application is beside us.
    public boolean isSidecar() {
        return node.getId().startsWith("sidecar~");
    }

    /// Where the proxy is at home, such as `default.svc.cluster.local`: the last part of its id.
    public String domain() {
        return node.getId().substring(node.getId().lastIndexOf('~') + 1);
    }

    /// Who we are on a stream that serves one purpose beside another process's main stream, lest it counts as a proxy.
    public Node nodeFor(String purpose) {
        return node.toBuilder()
                .setMetadata(node.getMetadata().toBuilder()
                        .putFields(
                                "LATEEN_STREAM",
                                Value.newBuilder().setStringValue(purpose).build()))
                .build();
    }

    /// Whether connections of a pod are redirected to this process, which then has to learn where they wanted to go.
    public boolean takesRedirected() {
        return isSidecar() && REDIRECTED.contains(metadata("INTERCEPTION_MODE").getStringValue());
    }

    /// Where the process runs, and the cluster of those of its own kind, if there is one.
    public LocalZone localZone() {
        Locality at = node.getLocality();
        return new LocalZone(
                resources.getClusterManager().getLocalClusterName(),
                new LocalityName(at.getRegion(), at.getZone(), at.getSubZone()));
    }

    /// The workload's address: the second part of the proxy's id.
    public String address() {
        String[] parts = node.getId().split("~", 3);
        return parts.length > 1 ? parts[1] : "";
    }

    /// How the application is asked for the control plane, as `PROXY_CONFIG` says; empty where it is not.
    public Decoded<Optional<HealthCheckConfig>> healthCheck() {
        return HealthCheckConfig.of(StructTrees.map(metadata("PROXY_CONFIG").getStructValue()), address());
    }

    /// How often numbers that nothing uses any more are forgotten, as a pod's annotation says; empty where they are
    /// kept.
    public Decoded<Optional<Duration>> statsEviction() {
        return Decoded.of(() -> {
            String text = metadata("ANNOTATIONS")
                    .getStructValue()
                    .getFieldsOrDefault(EVICTION, Value.getDefaultInstance())
                    .getStringValue();
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(IstioEnvironment.duration("annotation " + EVICTION, text))
                            .filter(Duration::isPositive);
        });
    }

    /// Whose behaviour the proxy has, as its node's metadata say; `unknown` where they do not.
    public String istioVersion() {
        String version = metadata("ISTIO_VERSION").getStringValue();
        return version.isEmpty() ? "unknown" : version;
    }

    private Value metadata(String name) {
        return node.getMetadata().getFieldsOrDefault(name, Value.getDefaultInstance());
    }
}
