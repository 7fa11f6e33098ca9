package dev.lateen.proxy.cluster;

import com.google.protobuf.Any;
import dev.lateen.proxy.cluster.ConnectionSettings.KeepAlive;
import dev.lateen.proxy.cluster.TransportSockets.TransportSocket;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.health.CheckKind;
import dev.lateen.proxy.health.HealthCheckConfig;
import dev.lateen.proxy.health.HealthCheckDecoder;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Filter;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.config.core.v3.TlvEntry;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Decodes Cluster resources. What they set and this proxy does not do refuses them by the field's name.
///
/// Differs: Istio's upstream metadata-exchange filter is accepted and does nothing, since the exchange by ALPN
/// `istio-peer-exchange` is never offered; peers are known from endpoint metadata instead.
public final class ClusterDecoder {
    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final String METADATA_EXCHANGE = "envoy.tcp.metadataexchange.config.MetadataExchange";
    private static final String CARES = "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig";
    private static final String GETADDRINFO =
            "envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig";
    private static final Duration DNS_REFRESH = Duration.ofSeconds(5);
    private static final Duration CLEANUP = Duration.ofSeconds(5);

    /// Decodes an UpstreamTlsContext; throws a `Refusal` on bad input.
    public interface TlsDecoder {
        UpstreamTls decode(TypedConfig config, Place at);
    }

    private final TlsDecoder tls;

    public ClusterDecoder(TlsDecoder tls) {
        this.tls = tls;
    }

    public Decoded<ClusterConfig> decode(Cluster cluster) {
        return Decoded.of(() -> {
            Place at = Place.resource("cluster", cluster.getName());
            at.field("name").require(!cluster.getName().isEmpty(), "is empty (expected: a name)");
            ClusterFields.CLUSTERS.check(cluster, at);
            refuseFilters(cluster, at);
            checkResolver(cluster, at.field("typed_dns_resolver_config"));
            LoadBalancing balancing = LbPolicyDecoder.decode(cluster, at);
            HttpOptions http = http(cluster, at);
            return new ClusterConfig(
                    cluster.getName(),
                    cluster.getAltStatName().isEmpty() ? cluster.getName() : cluster.getAltStatName(),
                    discovery(cluster, balancing, at),
                    connections(cluster, at),
                    balancing,
                    breakers(cluster.getCircuitBreakers(), at.field("circuit_breakers")),
                    cluster.hasOutlierDetection()
                            ? OutlierDecoder.decode(cluster.getOutlierDetection(), at.field("outlier_detection"))
                            : OutlierDetection.OFF,
                    http,
                    transport(cluster, at),
                    health(cluster, http, at),
                    Metadata.of(cluster.getMetadata()));
        });
    }

    private static HealthSettings health(Cluster cluster, HttpOptions http, Place at) {
        Place place = at.field("health_checks");
        boolean checked = cluster.getHealthChecksCount() > 0;
        place.require(
                !checked || !(cluster.hasClusterType() || cluster.getType() == Cluster.DiscoveryType.ORIGINAL_DST),
                "hosts that only requests name cannot be checked; remove it, or use Envoy as the proxy");
        Optional<HealthCheckConfig> check = HealthCheckDecoder.decode(cluster.getHealthChecksList(), place);
        place.require(
                check.filter(one -> one.kind() instanceof CheckKind.Grpc).isEmpty()
                        || http.protocol() != HttpOptions.Protocol.HTTP1,
                "grpc_health_check needs a cluster whose hosts speak HTTP/2 (http2_protocol_options)");
        return new HealthSettings(
                check,
                !cluster.hasWaitForWarmOnInit()
                        || cluster.getWaitForWarmOnInit().getValue(),
                cluster.getIgnoreHealthOnHostRemoval());
    }

    private static void refuseFilters(Cluster cluster, Place at) {
        for (int index = 0; index < cluster.getFiltersCount(); index++) {
            Filter filter = cluster.getFilters(index);
            Place place = at.field("filters").index(index);
            String type = TypedConfig.of(filter.getTypedConfig(), place).type();
            if (!type.equals(METADATA_EXCHANGE)) {
                throw place.refuse(
                        "filter '" + filter.getName() + "' (" + type + ") is not supported by this proxy yet");
            }
        }
    }

    /// Names are resolved as this machine does. A resolver that is asked for is taken where it does the same.
    private static void checkResolver(Cluster cluster, Place at) {
        if (!cluster.hasTypedDnsResolverConfig()) {
            return;
        }
        TypedConfig config =
                TypedConfig.of(cluster.getTypedDnsResolverConfig().getTypedConfig(), at.field("typed_config"));
        switch (config.type()) {
            case GETADDRINFO -> {}
            case CARES ->
                config.unpack(CaresDnsResolverConfig.parser(), ClusterFields.RESOLVERS, at.field("typed_config"));
            default -> throw at.refuse(config.type(), CARES + " or " + GETADDRINFO);
        }
    }

    private static Discovery discovery(Cluster cluster, LoadBalancing balancing, Place at) {
        boolean provided = balancing.policy() == LbPolicy.ClusterProvided.INSTANCE;
        if (cluster.hasClusterType()) {
            at.field("lb_policy").require(provided, "CLUSTER_PROVIDED is expected for a cluster_type");
            return NameCacheDecoder.cluster(cluster, at.field("cluster_type"));
        }
        EndpointsConfig endpoints = EndpointDecoder.decode(cluster.getLoadAssignment(), at.field("load_assignment"));
        boolean originalDst = cluster.getType() == Cluster.DiscoveryType.ORIGINAL_DST;
        if (provided != originalDst) {
            throw at.field("lb_policy")
                    .refuse(
                            cluster.getLbPolicy(),
                            originalDst
                                    ? "CLUSTER_PROVIDED for type ORIGINAL_DST"
                                    : "another policy than CLUSTER_PROVIDED for type " + cluster.getType());
        }
        return switch (cluster.getType()) {
            case STATIC -> {
                EndpointDecoder.requireAddresses(endpoints, at.field("load_assignment"));
                yield new Discovery.Static(endpoints);
            }
            case STRICT_DNS -> dns(cluster, endpoints, false, at);
            case LOGICAL_DNS -> {
                int count = endpoints.localities().stream()
                        .mapToInt(locality -> locality.endpoints().size())
                        .sum();
                at.field("load_assignment").require(count == 1, count + " endpoints (LOGICAL_DNS needs exactly one)");
                yield dns(cluster, endpoints, true, at);
            }
            case EDS -> {
                String service = cluster.getEdsClusterConfig().getServiceName();
                yield new Discovery.Eds(service.isEmpty() ? cluster.getName() : service);
            }
            case ORIGINAL_DST ->
                new Discovery.OriginalDst(
                        cluster.getOriginalDstLbConfig().getUseHttpHeader(),
                        cluster.hasCleanupInterval()
                                ? CommonDecoder.duration(cluster.getCleanupInterval(), at.field("cleanup_interval"))
                                : CLEANUP);
            case UNRECOGNIZED -> throw at.field("type").refuse(cluster.getTypeValue(), "a known type");
        };
    }

    @SuppressWarnings("deprecation") // dns_refresh_rate: its successor is an extension of its own.
    private static Discovery dns(Cluster cluster, EndpointsConfig endpoints, boolean logical, Place at) {
        Discovery.Family family = NameCacheDecoder.family(cluster.getDnsLookupFamily(), at);
        Duration refresh = cluster.hasDnsRefreshRate()
                ? CommonDecoder.duration(cluster.getDnsRefreshRate(), at.field("dns_refresh_rate"))
                : DNS_REFRESH;
        at.field("dns_refresh_rate")
                .require(refresh.toMillis() >= 1, "value: " + refresh + " (expected: at least 1ms)");
        return new Discovery.Dns(endpoints, logical, family, refresh);
    }

    private static ConnectionSettings connections(Cluster cluster, Place at) {
        Duration timeout = ConnectionSettings.DEFAULT_CONNECT_TIMEOUT;
        if (cluster.hasConnectTimeout()) {
            timeout = CommonDecoder.duration(cluster.getConnectTimeout(), at.field("connect_timeout"));
            at.field("connect_timeout").require(!timeout.isZero(), "value: 0s (expected: above 0s)");
        }
        return new ConnectionSettings(
                timeout,
                keepAlive(cluster.getUpstreamConnectionOptions()),
                cluster.hasPerConnectionBufferLimitBytes()
                        ? OutlierDecoder.atMostInt(cluster.getPerConnectionBufferLimitBytes())
                        : ConnectionSettings.DEFAULT_BUFFER_LIMIT,
                source(cluster, at.field("upstream_bind_config.source_address")));
    }

    private static InetSocketAddress source(Cluster cluster, Place at) {
        if (!cluster.getUpstreamBindConfig().hasSourceAddress()) {
            return ConnectionSettings.ANY_SOURCE;
        }
        SocketAddress address = CommonDecoder.address(
                io.envoyproxy.envoy.config.core.v3.Address.newBuilder()
                        .setSocketAddress(cluster.getUpstreamBindConfig().getSourceAddress())
                        .build(),
                at);
        if (address instanceof InetSocketAddress inet && !inet.isUnresolved()) {
            return inet;
        }
        throw at.refuse(address, "an IP address");
    }

    private static KeepAlive keepAlive(io.envoyproxy.envoy.config.cluster.v3.UpstreamConnectionOptions options) {
        if (!options.hasTcpKeepalive()) {
            return KeepAlive.OFF;
        }
        TcpKeepalive proto = options.getTcpKeepalive();
        return new KeepAlive(
                true,
                OutlierDecoder.atMostInt(proto.getKeepaliveProbes()),
                OutlierDecoder.atMostInt(proto.getKeepaliveTime()),
                OutlierDecoder.atMostInt(proto.getKeepaliveInterval()));
    }

    private static CircuitBreakers breakers(io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers breakers, Place at) {
        CircuitBreakers.Thresholds standard = CircuitBreakers.Thresholds.DEFAULT;
        CircuitBreakers.Thresholds high = CircuitBreakers.Thresholds.DEFAULT;
        for (int index = 0; index < breakers.getThresholdsCount(); index++) {
            var proto = breakers.getThresholds(index);
            Place place = at.field("thresholds").index(index);
            switch (proto.getPriority()) {
                case DEFAULT -> standard = thresholds(proto, place);
                case HIGH -> high = thresholds(proto, place);
                case UNRECOGNIZED -> throw place.field("priority").refuse(proto.getPriorityValue(), "DEFAULT or HIGH");
            }
        }
        return new CircuitBreakers(standard, high);
    }

    private static CircuitBreakers.Thresholds thresholds(
            io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds proto, Place at) {
        CircuitBreakers.Thresholds otherwise = CircuitBreakers.Thresholds.DEFAULT;
        double budget = -1;
        int concurrency = 0;
        if (proto.hasRetryBudget()) {
            RetryBudget retry = proto.getRetryBudget();
            budget = retry.hasBudgetPercent() ? retry.getBudgetPercent().getValue() : 20;
            concurrency = retry.hasMinRetryConcurrency() ? OutlierDecoder.atMostInt(retry.getMinRetryConcurrency()) : 3;
            if (!(budget >= 0 && budget <= 100)) {
                throw at.field("retry_budget.budget_percent").refuse(budget, "0 to 100");
            }
        }
        return new CircuitBreakers.Thresholds(
                proto.hasMaxConnections()
                        ? OutlierDecoder.atMostInt(proto.getMaxConnections())
                        : otherwise.maxConnections(),
                proto.hasMaxPendingRequests()
                        ? OutlierDecoder.atMostInt(proto.getMaxPendingRequests())
                        : otherwise.maxPendingRequests(),
                proto.hasMaxRequests() ? OutlierDecoder.atMostInt(proto.getMaxRequests()) : otherwise.maxRequests(),
                proto.hasMaxRetries() ? OutlierDecoder.atMostInt(proto.getMaxRetries()) : otherwise.maxRetries(),
                budget,
                concurrency,
                proto.getTrackRemaining());
    }

    private static HttpOptions http(Cluster cluster, Place at) {
        Place options = at.field("typed_extension_protocol_options");
        for (Map.Entry<String, Any> entry :
                cluster.getTypedExtensionProtocolOptionsMap().entrySet()) {
            if (!entry.getKey().equals(HTTP_OPTIONS)) {
                throw options.key(entry.getKey()).unsupported();
            }
        }
        Any any = cluster.getTypedExtensionProtocolOptionsMap().get(HTTP_OPTIONS);
        if (any == null) {
            return HttpOptionsDecoder.decode(cluster, at);
        }
        Place place = options.key(HTTP_OPTIONS);
        HttpOptions decoded = HttpOptionsDecoder.decode(
                TypedConfig.of(any, place).unpack(HttpProtocolOptions.parser(), ClusterFields.CLUSTERS, place), place);
        return withOlderMaxRequests(cluster, decoded);
    }

    @SuppressWarnings("deprecation")
    private static HttpOptions withOlderMaxRequests(Cluster cluster, HttpOptions options) {
        return cluster.hasMaxRequestsPerConnection() && options.maxRequestsPerConnection() == 0
                ? HttpOptionsDecoder.withMaxRequests(
                        options, OutlierDecoder.atMostInt(cluster.getMaxRequestsPerConnection()))
                : options;
    }

    private TransportSockets transport(Cluster cluster, Place at) {
        List<TransportSockets.Match> matches = new ArrayList<>();
        for (int index = 0; index < cluster.getTransportSocketMatchesCount(); index++) {
            Cluster.TransportSocketMatch match = cluster.getTransportSocketMatches(index);
            matches.add(new TransportSockets.Match(
                    match.getName(),
                    Metadata.tree(match.getMatch()),
                    socket(
                            match.getTransportSocket(),
                            at.field("transport_socket_matches").index(index).field("transport_socket"))));
        }
        return new TransportSockets(
                List.copyOf(matches),
                cluster.hasTransportSocket()
                        ? socket(cluster.getTransportSocket(), at.field("transport_socket"))
                        : TransportSocket.Plain.INSTANCE);
    }

    private TransportSocket relayed(TypedConfig config, Place at) {
        ProxyProtocolUpstreamTransport transport =
                config.unpack(ProxyProtocolUpstreamTransport.parser(), ClusterFields.CLUSTERS, at);
        ProxyProtocolConfig header = transport.getConfig();
        at.field("transport_socket").require(transport.hasTransportSocket(), "is missing");
        boolean version2 = switch (header.getVersion()) {
            case V1 -> false;
            case V2 -> true;
            case UNRECOGNIZED -> throw at.field("config.version").refuse(header.getVersionValue(), "V1 or V2");
        };
        List<UpstreamProxyProtocol.Added> added = new ArrayList<>();
        for (TlvEntry entry : header.getAddedTlvsList()) {
            at.field("config.added_tlvs")
                    .require(
                            entry.getType() >= 0
                                    && entry.getType() < 256
                                    && entry.getValue().size() <= 4096,
                            "expected: a type below 256 and a value of at most 4096 bytes");
            added.add(new UpstreamProxyProtocol.Added(entry.getType(), entry.getValue()));
        }
        TransportSocket inner = socket(transport.getTransportSocket(), at.field("transport_socket"));
        at.field("transport_socket").require(!(inner instanceof TransportSocket.Relayed), "a header in a header");
        return new TransportSocket.Relayed(new UpstreamProxyProtocol(version2, added), inner);
    }

    private TransportSocket socket(io.envoyproxy.envoy.config.core.v3.TransportSocket socket, Place at) {
        if (!socket.hasTypedConfig()) {
            at.require(
                    socket.getName().equals("envoy.transport_sockets.raw_buffer"),
                    "'" + socket.getName() + "' has no typed_config");
            return TransportSocket.Plain.INSTANCE;
        }
        TypedConfig config = TypedConfig.of(socket.getTypedConfig(), at.field("typed_config"));
        return switch (config.type()) {
            case "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer" -> TransportSocket.Plain.INSTANCE;
            case "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext" ->
                new TransportSocket.Tls(tls.decode(config, at.field("typed_config")));
            case ClusterFields.PROXY_PROTOCOL -> relayed(config, at.field("typed_config"));
            default ->
                throw at.refuse("'" + config.type()
                        + "' is not supported by this proxy yet (expected: raw_buffer, UpstreamTlsContext or"
                        + " ProxyProtocolUpstreamTransport)");
        };
    }
}
