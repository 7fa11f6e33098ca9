package dev.lateen.proxy.cluster;

import com.google.protobuf.UInt32Value;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Decodes the cache of names that a dynamic forward proxy cluster and its filters share.
///
/// Differs: a name has the first of its addresses only. Names that no request has asked for are not looked up ahead.
public final class NameCacheDecoder {
    static final String CLUSTER = "envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig";
    private static final String CACHE = "envoy.extensions.common.dynamic_forward_proxy.v3.";
    private static final String CARES = "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig";

    public static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(
                    CACHE + "DnsCacheConfig",
                    "name",
                    "dns_lookup_family",
                    "dns_refresh_rate",
                    "dns_min_refresh_rate",
                    "dns_failure_refresh_rate",
                    "host_ttl",
                    "max_hosts",
                    "dns_cache_circuit_breaker",
                    "dns_query_timeout",
                    "typed_dns_resolver_config")
            .message(CACHE + "DnsCacheCircuitBreakers", "max_pending_requests")
            .message("envoy.config.cluster.v3.Cluster.RefreshRate", "base_interval")
            .harmless("envoy.config.cluster.v3.Cluster.RefreshRate", "intervals do not grow", "max_interval")
            .message(CLUSTER, "dns_cache_config")
            .harmless(
                    CLUSTER,
                    "what is checked is what upstream_http_protocol_options says",
                    "allow_insecure_cluster_options")
            .message("envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig", "dns_cache_config")
            .message(
                    "envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig",
                    "dns_cache_config",
                    "port_value")
            .message(CARES, "resolvers")
            .harmless(
                    CARES,
                    "how servers are asked",
                    "dns_resolver_options",
                    "udp_max_queries",
                    "query_timeout_seconds",
                    "query_tries",
                    "rotate_nameservers",
                    "edns0_max_payload_size",
                    "max_udp_channel_duration",
                    "reinit_channel_on_timeout")
            .whole("envoy.config.core.v3.DnsResolverOptions")
            .build();

    private NameCacheDecoder() {}

    static Discovery.Named cluster(Cluster cluster, Place at) {
        TypedConfig config = TypedConfig.of(cluster.getClusterType().getTypedConfig(), at.field("typed_config"));
        at.require(
                config.type().equals(CLUSTER),
                "'" + config.type() + "' is not supported by this proxy yet (expected: " + CLUSTER + ")");
        ClusterConfig decoded = config.unpack(ClusterConfig.parser(), FIELDS, at);
        at.field("dns_cache_config").require(decoded.hasDnsCacheConfig(), "is missing");
        return new Discovery.Named(decode(decoded.getDnsCacheConfig(), at.field("dns_cache_config")));
    }

    /// @param cache whose fields were checked
    static NameCacheConfig decode(DnsCacheConfig cache, Place at) {
        at.field("name").require(!cache.getName().isEmpty(), "is empty (expected: a name)");
        Duration refresh = cache.hasDnsRefreshRate()
                ? CommonDecoder.duration(cache.getDnsRefreshRate(), at.field("dns_refresh_rate"))
                : Duration.ofSeconds(60);
        at.field("dns_refresh_rate")
                .require(refresh.toMillis() >= 1, "value: " + refresh + " (expected: at least 1ms)");
        Duration minRefresh = cache.hasDnsMinRefreshRate()
                ? CommonDecoder.duration(cache.getDnsMinRefreshRate(), at.field("dns_min_refresh_rate"))
                : Duration.ofSeconds(5);
        at.field("dns_min_refresh_rate")
                .require(minRefresh.toMillis() >= 1000, "value: " + minRefresh + " (expected: at least 1s)");
        Duration hostTtl = cache.hasHostTtl()
                ? CommonDecoder.duration(cache.getHostTtl(), at.field("host_ttl"))
                : Duration.ofMinutes(5);
        at.field("host_ttl").require(!hostTtl.isZero(), "value: 0s (expected: above 0s)");
        return new NameCacheConfig(
                cache.getName(),
                family(cache.getDnsLookupFamily(), at),
                refresh,
                minRefresh,
                cache.getDnsFailureRefreshRate().hasBaseInterval()
                        ? CommonDecoder.duration(
                                cache.getDnsFailureRefreshRate().getBaseInterval(),
                                at.field("dns_failure_refresh_rate.base_interval"))
                        : refresh,
                hostTtl,
                positive(cache.hasMaxHosts(), cache.getMaxHosts(), at.field("max_hosts")),
                positive(
                        cache.getDnsCacheCircuitBreaker().hasMaxPendingRequests(),
                        cache.getDnsCacheCircuitBreaker().getMaxPendingRequests(),
                        at.field("dns_cache_circuit_breaker.max_pending_requests")),
                cache.hasDnsQueryTimeout()
                        ? CommonDecoder.duration(cache.getDnsQueryTimeout(), at.field("dns_query_timeout"))
                        : Duration.ofSeconds(5),
                resolvers(cache, at.field("typed_dns_resolver_config")));
    }

    private static int positive(boolean given, UInt32Value value, Place at) {
        int number = given ? OutlierDecoder.atMostInt(value) : 1024;
        at.require(number > 0, "value: 0 (expected: at least 1)");
        return number;
    }

    static Discovery.Family family(Cluster.DnsLookupFamily family, Place at) {
        return switch (family) {
            case AUTO -> Discovery.Family.V6_PREFERRED;
            case V4_ONLY -> Discovery.Family.V4_ONLY;
            case V6_ONLY -> Discovery.Family.V6_ONLY;
            case V4_PREFERRED -> Discovery.Family.V4_PREFERRED;
            case ALL -> Discovery.Family.ALL;
            case UNRECOGNIZED -> throw at.field("dns_lookup_family").refuse("is no known family");
        };
    }

    private static List<InetSocketAddress> resolvers(DnsCacheConfig cache, Place at) {
        if (!cache.hasTypedDnsResolverConfig()) {
            return List.of();
        }
        TypedConfig config =
                TypedConfig.of(cache.getTypedDnsResolverConfig().getTypedConfig(), at.field("typed_config"));
        at.require(config.type().equals(CARES), "'" + config.type() + "' is not supported by this proxy yet");
        CaresDnsResolverConfig cares = config.unpack(CaresDnsResolverConfig.parser(), FIELDS, at);
        List<InetSocketAddress> servers = new ArrayList<>();
        for (Address address : cares.getResolversList()) {
            Place place = at.field("typed_config.resolvers").index(servers.size());
            if (CommonDecoder.address(address, place) instanceof InetSocketAddress server && !server.isUnresolved()) {
                servers.add(server);
            } else {
                throw place.refuse("is no address of a name server");
            }
        }
        return servers;
    }
}
