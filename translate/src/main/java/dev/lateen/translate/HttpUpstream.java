package dev.lateen.translate;

import com.google.protobuf.Any;
import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.istio.TrafficPolicy.ConnectionPool;
import dev.lateen.model.mesh.Protocol;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Which version of HTTP a cluster speaks, and the limits of its connections.
final class HttpUpstream {
    private static final String KEY = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    /// Envoy takes no PINGs without one; this is gRPC's.
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(20);

    private HttpUpstream() {}

    /// Where the server name for TLS comes from.
    enum Naming {
        CONFIGURED,
        /// From the request.
        ASKED,
        /// From the request, and it must be in the certificate.
        ASKED_AND_CHECKED,
        /// As above, of connections without TLS: Envoy demands it of hosts that are looked up, once anything else is
        /// said
        /// of their HTTP.
        LOOKED_UP;

        /// @param dynamic whether every connection is to a host that was looked up by its name
        static Naming of(Optional<ClientTls> tls, Protocol protocol, boolean dynamic) {
            if (dynamic) {
                if (tls.isEmpty() || tls.get().mode().equals("DISABLE")) {
                    return LOOKED_UP;
                }
                return tls.get().insecureSkipVerify().orElse(false) ? ASKED : ASKED_AND_CHECKED;
            }
            boolean http = protocol.isHttp() || protocol.isAuto();
            if (!http || tls.filter(UpstreamTls::nameFromRequest).isEmpty()) {
                return CONFIGURED;
            }
            return tls.filter(UpstreamTls::checksRequestedName).isPresent() ? ASKED_AND_CHECKED : ASKED;
        }
    }

    /// Whether the cluster speaks HTTP/2 whatever its clients speak. Who asks for that at a service knows what it
    /// speaks, whether its ports say so or not; the mesh's default is for those that do.
    static boolean isHttp2(Protocol protocol, Optional<ConnectionPool.Http> pool, String meshUpgrade) {
        if (protocol.isHttp2()) {
            return true;
        }
        if (pool.filter(ConnectionPool.Http::useClientProtocol).isPresent()) {
            return false;
        }
        return switch (pool.map(ConnectionPool.Http::h2UpgradePolicy).orElse("DEFAULT")) {
            case "UPGRADE" -> true;
            case "DEFAULT" -> meshUpgrade.equals("UPGRADE") && protocol.isHttp();
            default -> false;
        };
    }

    /// @param filters of the cluster's requests
    static void apply(
            Scene scene,
            Cluster.Builder cluster,
            Protocol protocol,
            boolean http2,
            Optional<ConnectionPool> connectionPool,
            Naming naming,
            List<HttpFilter> filters) {
        ConnectionLimits.apply(scene, cluster);
        Http1ProtocolOptions http1 = http1(scene);
        boolean formatted = http1.hasHeaderKeyFormat() && (protocol.isHttp() || protocol.isAuto());
        Optional<ConnectionPool.Http> pool = connectionPool.flatMap(ConnectionPool::http);
        HttpProtocolOptions.Builder common = common(connectionPool);
        boolean hasCommon = !common.build().equals(HttpProtocolOptions.getDefaultInstance())
                || pool.filter(p -> p.maxConcurrentStreams().orElse(0) > 0).isPresent();
        Http2ProtocolOptions h2 = http2(connectionPool);
        var options = io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder();
        if (hasCommon) {
            options.setCommonHttpProtocolOptions(common);
        }
        if (naming != Naming.CONFIGURED) {
            options.getUpstreamHttpProtocolOptionsBuilder()
                    .setAutoSni(true)
                    .setAutoSanValidation(naming != Naming.ASKED);
        }
        boolean named = naming == Naming.ASKED || naming == Naming.ASKED_AND_CHECKED;
        // A gateway offers HTTP/2 to every client by itself: what they speak says nothing of a service.
        boolean detected = protocol.isAuto() && !http2 && !scene.isRouter();
        if (detected || pool.map(ConnectionPool.Http::useClientProtocol).orElse(false)) {
            options.getUseDownstreamProtocolConfigBuilder()
                    .setHttpProtocolOptions(http1)
                    .setHttp2ProtocolOptions(h2);
        } else if (http2) {
            options.getExplicitHttpConfigBuilder().setHttp2ProtocolOptions(h2);
        } else if (hasCommon || named || formatted || !filters.isEmpty()) {
            options.getExplicitHttpConfigBuilder().setHttpProtocolOptions(http1);
        } else {
            return;
        }
        options.addAllHttpFilters(filters);
        cluster.putTypedExtensionProtocolOptions(KEY, Protos.any(options.build()));
    }

    private static Http1ProtocolOptions http1(Scene scene) {
        return scene.traffic().headers().preservesCase()
                ? Http1ProtocolOptions.newBuilder()
                        .setHeaderKeyFormat(HeaderSettings.PRESERVED_CASE)
                        .build()
                : Http1ProtocolOptions.getDefaultInstance();
    }

    private static HttpProtocolOptions.Builder common(Optional<ConnectionPool> connectionPool) {
        Optional<ConnectionPool.Http> pool = connectionPool.flatMap(ConnectionPool::http);
        HttpProtocolOptions.Builder common = HttpProtocolOptions.newBuilder();
        pool.flatMap(ConnectionPool.Http::idleTimeout)
                .or(() -> connectionPool.flatMap(ConnectionPool::tcp).flatMap(ConnectionPool.Tcp::idleTimeout))
                .ifPresent(t -> common.setIdleTimeout(Protos.duration(t)));
        pool.filter(p -> p.maxRequestsPerConnection().orElse(0) > 0)
                .ifPresent(p -> common.setMaxRequestsPerConnection(
                        Protos.uint(p.maxRequestsPerConnection().orElse(0))));
        connectionPool
                .flatMap(ConnectionPool::tcp)
                .flatMap(ConnectionPool.Tcp::maxConnectionDuration)
                .ifPresent(t -> common.setMaxConnectionDuration(Protos.duration(t)));
        return common;
    }

    private static Http2ProtocolOptions http2(Optional<ConnectionPool> connectionPool) {
        return connectionPool
                .flatMap(ConnectionPool::http)
                .map(HttpUpstream::http2)
                .orElse(Http2ProtocolOptions.getDefaultInstance());
    }

    private static Http2ProtocolOptions http2(ConnectionPool.Http pool) {
        Http2ProtocolOptions.Builder http2 = Http2ProtocolOptions.newBuilder();
        if (pool.maxConcurrentStreams().orElse(0) > 0) {
            http2.setMaxConcurrentStreams(
                    Protos.uint(pool.maxConcurrentStreams().orElse(0)));
        }
        pool.http2KeepAlive()
                .filter(pings -> isPositive(pings.interval()))
                .ifPresent(pings -> http2.getConnectionKeepaliveBuilder()
                        .setInterval(Protos.duration(pings.interval().orElseThrow()))
                        .setTimeout(Protos.duration(pings.timeout()
                                .filter(timeout -> !timeout.isZero())
                                .orElse(PING_TIMEOUT))));
        return http2.build();
    }

    private static boolean isPositive(Optional<Duration> duration) {
        return duration.filter(one -> !one.isZero()).isPresent();
    }

    /// For a cluster that passes on connections of any kind.
    private static Any passthrough(Scene scene, Optional<ConnectionPool> connectionPool) {
        var options = io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder();
        HttpProtocolOptions.Builder common = common(connectionPool);
        if (!common.hasIdleTimeout()) {
            common.setIdleTimeout(Protos.duration(Duration.ofMinutes(5)));
        }
        options.setCommonHttpProtocolOptions(common);
        options.getUseDownstreamProtocolConfigBuilder()
                .setHttpProtocolOptions(http1(scene))
                .setHttp2ProtocolOptions(http2(connectionPool));
        return Protos.any(options.build());
    }

    static void applyPassthrough(Scene scene, Cluster.Builder cluster, Optional<ConnectionPool> connectionPool) {
        ConnectionLimits.apply(scene, cluster);
        cluster.putTypedExtensionProtocolOptions(KEY, passthrough(scene, connectionPool));
    }
}
