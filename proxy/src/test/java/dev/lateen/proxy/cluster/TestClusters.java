package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.ConnectionSettings.KeepAlive;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.stream.PeerInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Configurations that tests begin with.
public final class TestClusters {
    static final LoadBalancing ROUND_ROBIN = new LoadBalancing(LbPolicy.RoundRobin.INSTANCE, 50, false, false, false);

    private TestClusters() {}

    public static ClusterConfig cluster(SocketAddress... addresses) {
        return cluster(ROUND_ROBIN, CircuitBreakers.DEFAULT, OutlierDetection.OFF, HttpOptions.HTTP1, addresses);
    }

    static ClusterConfig cluster(
            LoadBalancing balancing,
            CircuitBreakers breakers,
            OutlierDetection outlier,
            HttpOptions http,
            SocketAddress... addresses) {
        return new ClusterConfig(
                "test",
                "test",
                new Discovery.Static(endpoints(addresses)),
                new ConnectionSettings(Duration.ofSeconds(5), KeepAlive.OFF, 1 << 20, ConnectionSettings.ANY_SOURCE),
                balancing,
                breakers,
                outlier,
                http,
                TransportSockets.PLAIN,
                Metadata.EMPTY);
    }

    static CircuitBreakers limits(int connections, int pending, int requests) {
        CircuitBreakers.Thresholds thresholds =
                new CircuitBreakers.Thresholds(connections, pending, requests, 3, -1, 0, true);
        return new CircuitBreakers(thresholds, CircuitBreakers.Thresholds.DEFAULT);
    }

    static EndpointsConfig endpoints(SocketAddress... addresses) {
        List<EndpointConfig> list =
                Arrays.stream(addresses).map(TestClusters::endpoint).toList();
        return new EndpointsConfig("test", 140, List.of(new EndpointsConfig.Locality(LocalityName.NONE, 0, 0, list)));
    }

    static EndpointConfig endpoint(SocketAddress address) {
        return endpoint(address, 1, EndpointConfig.Health.HEALTHY);
    }

    static EndpointConfig endpoint(SocketAddress address, int weight, EndpointConfig.Health health) {
        return new EndpointConfig(address, "", weight, health, Metadata.EMPTY, PeerInfo.UNKNOWN);
    }

    static InetSocketAddress address(int port) {
        return new InetSocketAddress("127.0.0.1", port);
    }

    /// A context without wishes, or with a hash.
    static LbContext context(@Nullable Long hash) {
        return new LbContext() {
            @Override
            public long hash() {
                return hash == null ? 0 : hash;
            }

            @Override
            public boolean hasHash() {
                return hash != null;
            }
        };
    }

    /// A context with a hash that would rather have another host.
    static LbContext retry(long hash, @Nullable Host tried) {
        return new LbContext() {
            @Override
            public long hash() {
                return hash;
            }

            @Override
            public boolean hasHash() {
                return true;
            }

            @Override
            public boolean wasTried(Host host) {
                return host == tried;
            }

            @Override
            public int maxHostAttempts() {
                return 5;
            }
        };
    }
}
