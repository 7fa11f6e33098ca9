package dev.lateen.proxy.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.lateen.proxy.cluster.ClusterConfig;
import dev.lateen.proxy.cluster.ClusterDecoder;
import dev.lateen.proxy.cluster.Discovery;
import dev.lateen.proxy.cluster.EndpointDecoder;
import dev.lateen.proxy.cluster.EndpointsConfig;
import dev.lateen.proxy.cluster.TransportSockets;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.dns.LiveNames;
import dev.lateen.proxy.http.HttpConnectionManagerConfig;
import dev.lateen.proxy.http.HttpConnectionManagerDecoder;
import dev.lateen.proxy.listener.FilterChainConfig;
import dev.lateen.proxy.listener.ListenerConfig;
import dev.lateen.proxy.listener.ListenerDecoder;
import dev.lateen.proxy.listener.NetworkFilterConfig;
import dev.lateen.proxy.listener.NetworkFilterDecoder;
import dev.lateen.proxy.route.RouteConfig;
import dev.lateen.proxy.tls.Secret;
import dev.lateen.proxy.tls.SecretRef;
import dev.lateen.proxy.tls.Secrets;
import dev.lateen.proxy.tls.TlsDecoder;
import dev.lateen.proxy.tls.UpstreamTlsContext;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The decoders of all resource types in one place, and what a decoded resource refers to.
///
/// Thread: chores loop.
public final class ResourceDecoders {
    private final Secrets secrets;
    private final LiveNames names;
    private final ClusterDecoder clusters;
    private final ListenerDecoder listeners = new ListenerDecoder(new NetworkFilterDecoder());

    public ResourceDecoders(Secrets secrets, LiveNames names) {
        this.secrets = secrets;
        this.names = names;
        this.clusters = new ClusterDecoder(
                (config, at) -> new UpstreamTlsContext(TlsDecoder.upstream(config.any(), at), secrets));
    }

    Secrets secrets() {
        return secrets;
    }

    LiveNames names() {
        return names;
    }

    public Decoded<ClusterConfig> cluster(Any any) {
        return decode(any, "cluster", Cluster.parser(), clusters::decode);
    }

    public Decoded<EndpointsConfig> endpoints(Any any) {
        return decode(any, "endpoints", ClusterLoadAssignment.parser(), EndpointDecoder::decode);
    }

    public Decoded<ListenerConfig> listener(Any any) {
        return decode(any, "listener", Listener.parser(), listeners::decode);
    }

    public Decoded<RouteConfig> routes(Any any) {
        return HttpConnectionManagerDecoder.routes().decode(any.getValue());
    }

    public Decoded<Secret> secret(Any any) {
        return decode(
                any,
                "secret",
                io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret.parser(),
                TlsDecoder::secret);
    }

    private static <M extends Message, T> Decoded<T> decode(
            Any any, String kind, Parser<M> parser, Function<M, Decoded<T>> decoder) {
        return Decoded.of(() -> TypedConfig.parse(any, parser, new Place(kind, "")))
                .map(message -> decoder.apply(message).orRefuse());
    }

    /// The name under which a cluster's endpoints are asked for, if they are discovered.
    static Optional<String> edsName(ClusterConfig config) {
        return config.discovery() instanceof Discovery.Eds(String serviceName)
                ? Optional.of(serviceName)
                : Optional.empty();
    }

    static List<SecretRef> secretRefs(ClusterConfig config) {
        List<SecretRef> refs = new ArrayList<>();
        addRefs(config.transport().standard(), refs);
        config.transport().matches().forEach(match -> addRefs(match.socket(), refs));
        return refs;
    }

    private static void addRefs(TransportSockets.TransportSocket socket, List<SecretRef> refs) {
        switch (socket) {
            case TransportSockets.TransportSocket.Plain _ -> {}
            case TransportSockets.TransportSocket.Tls(var tls) -> {
                if (tls instanceof UpstreamTlsContext context) {
                    refs.addAll(context.config().common().secrets());
                }
            }
            case TransportSockets.TransportSocket.Relayed(var _, var inner) -> addRefs(inner, refs);
        }
    }

    static List<SecretRef> secretRefs(ListenerConfig config) {
        List<SecretRef> refs = new ArrayList<>();
        for (FilterChainConfig chain : config.allChains()) {
            chain.tls().forEach(tls -> refs.addAll(tls.common().secrets()));
        }
        return refs;
    }

    /// The route configurations that a listener asks discovery for.
    static Set<String> routeNames(ListenerConfig config) {
        Set<String> names = new LinkedHashSet<>();
        for (FilterChainConfig chain : config.allChains()) {
            if (chain.terminal() instanceof NetworkFilterConfig.Http http
                    && http.config().routes()
                            instanceof HttpConnectionManagerConfig.RouteSource.Discovered(String name)) {
                names.add(name);
            }
        }
        return names;
    }
}
