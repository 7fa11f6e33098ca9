package dev.lateen.proxy.listener;

import com.google.protobuf.Message;
import dev.lateen.proxy.accesslog.AccessLogDecoder;
import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.downstream.Direction;
import dev.lateen.proxy.tls.DownstreamTlsConfig;
import dev.lateen.proxy.tls.TlsDecoder;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// Decodes Listener resources.
public final class ListenerDecoder {
    private static final String LISTENER = "envoy.config.listener.v3.Listener";
    private static final String CHAIN = "envoy.config.listener.v3.FilterChain";
    private static final String RAW_BUFFER = "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";
    /// Differs: Envoy waits for a handshake as long as it takes, unless told otherwise.
    private static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(15);

    private static final int DEFAULT_BACKLOG = 1024;
    private static final int MAX_SERVER_NAME = 253;

    static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .include(ListenerFilterDecoder.FIELDS)
            .message(
                    LISTENER,
                    "name",
                    "address",
                    "additional_addresses",
                    "filter_chains",
                    "default_filter_chain",
                    "use_original_dst",
                    "per_connection_buffer_limit_bytes",
                    "deprecated_v1",
                    "listener_filters",
                    "listener_filters_timeout",
                    "continue_on_listener_filters_timeout",
                    "transparent",
                    "traffic_direction",
                    "tcp_backlog_size",
                    "bind_to_port",
                    "access_log")
            .harmless(
                    LISTENER,
                    "for people, names of statistics, where draining starts, how the kernel spreads connections",
                    "metadata",
                    "enable_reuse_port",
                    "reuse_port",
                    "stat_prefix",
                    "drain_type",
                    "connection_balance_config",
                    "max_connections_to_accept_per_socket_event",
                    "ignore_global_conn_limit")
            .whole("envoy.config.listener.v3.Listener.ConnectionBalanceConfig")
            .message("envoy.config.listener.v3.Listener.DeprecatedV1", "bind_to_port")
            .message("envoy.config.listener.v3.AdditionalAddress", "address")
            .message(CHAIN, "filter_chain_match", "filters", "transport_socket", "name")
            .harmless(CHAIN, "for people", "metadata")
            .message(CHAIN, "transport_socket_connect_timeout")
            .message(
                    "envoy.config.listener.v3.FilterChainMatch",
                    "destination_port",
                    "prefix_ranges",
                    "server_names",
                    "transport_protocol",
                    "application_protocols",
                    "source_type",
                    "direct_source_prefix_ranges",
                    "source_prefix_ranges",
                    "source_ports")
            .message("envoy.config.listener.v3.Filter", "name", "typed_config")
            .message("envoy.config.core.v3.TransportSocket", "name", "typed_config")
            .build();

    private final NetworkFilterDecoder filters;

    public ListenerDecoder(NetworkFilterDecoder filters) {
        this.filters = filters;
    }

    public Decoded<ListenerConfig> decode(Listener listener) {
        return Decoded.of(() -> listener(listener, Place.resource("listener", listener.getName())));
    }

    private ListenerConfig listener(Listener listener, Place at) {
        // Access logs are checked by their own decoder.
        FIELDS.check(listener.toBuilder().clearAccessLog().build(), at);
        at.field("name").require(!listener.getName().isEmpty(), "is empty");
        List<FilterChainConfig> chains = new ArrayList<>();
        for (int index = 0; index < listener.getFilterChainsCount(); index++) {
            chains.add(chain(
                    listener.getFilterChains(index), at.field("filter_chains").index(index)));
        }
        Optional<FilterChainConfig> standard = listener.hasDefaultFilterChain()
                ? Optional.of(chain(listener.getDefaultFilterChain(), at.field("default_filter_chain")))
                : Optional.empty();
        at.field("filter_chains")
                .require(!chains.isEmpty() || standard.isPresent(), "is empty; nothing could be served");
        ListenerConfig config = new ListenerConfig(
                listener.getName(),
                socket(listener, at),
                listener.getUseOriginalDst().getValue(),
                direction(listener, at),
                ListenerFilterDecoder.decode(listener, at),
                chains,
                standard,
                AccessLogDecoder.decode(listener.getAccessLogList(), at.field("access_log")),
                fingerprint(listener));
        checkChains(config, at);
        return config;
    }

    /// Finds chains that no connection could choose between.
    private static void checkChains(ListenerConfig config, Place at) {
        List<FilterChainTable.Entry<FilterChainConfig>> entries = new ArrayList<>();
        for (FilterChainConfig chain : config.allChains()) {
            at.field("filter_chains")
                    .require(
                            chain.tls().size() < 2
                                    || config.filters().tlsInspector().isPresent(),
                            "several certificates need the listener filter envoy.filters.listener.tls_inspector, which"
                                    + " sees what the client takes");
        }
        for (FilterChainConfig chain : config.chains()) {
            entries.add(new FilterChainTable.Entry<>(chain.name(), chain.match(), chain));
        }
        Decoded<FilterChainTable<FilterChainConfig>> table =
                Decoded.of(() -> FilterChainTable.of(entries, config.standard().orElse(null)));
        if (table instanceof Decoded.Rejected<FilterChainTable<FilterChainConfig>>(String reason)) {
            throw at.field("filter_chains").refuse(reason);
        }
    }

    @SuppressWarnings("deprecation") // Istio still sets deprecated_v1.bind_to_port and older configurations reuse_port.
    private static ListenerConfig.SocketConfig socket(Listener listener, Place at) {
        List<SocketAddress> addresses = new ArrayList<>();
        addresses.add(bound(CommonDecoder.address(listener.getAddress(), at.field("address")), at.field("address")));
        for (int index = 0; index < listener.getAdditionalAddressesCount(); index++) {
            Place place = at.field("additional_addresses").index(index);
            addresses.add(bound(
                    CommonDecoder.address(listener.getAdditionalAddresses(index).getAddress(), place.field("address")),
                    place));
        }
        boolean bind = !listener.hasBindToPort() || listener.getBindToPort().getValue();
        if (listener.hasDeprecatedV1() && listener.getDeprecatedV1().hasBindToPort()) {
            bind &= listener.getDeprecatedV1().getBindToPort().getValue();
        }
        int limit = listener.hasPerConnectionBufferLimitBytes()
                ? listener.getPerConnectionBufferLimitBytes().getValue()
                : ListenerConfig.DEFAULT_BUFFER_LIMIT_BYTES;
        at.field("per_connection_buffer_limit_bytes").require(limit > 0, "a positive number below 2 GiB is expected");
        int backlog =
                listener.hasTcpBacklogSize() ? listener.getTcpBacklogSize().getValue() : DEFAULT_BACKLOG;
        return new ListenerConfig.SocketConfig(
                addresses, bind, listener.getTransparent().getValue(), backlog, limit);
    }

    private static SocketAddress bound(SocketAddress address, Place at) {
        if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
            throw at.refuse("'" + inet.getHostString() + "'", "an IP address to listen on");
        }
        return address;
    }

    private static Direction direction(Listener listener, Place at) {
        return switch (listener.getTrafficDirection()) {
            case UNSPECIFIED -> Direction.UNSPECIFIED;
            case INBOUND -> Direction.INBOUND;
            case OUTBOUND -> Direction.OUTBOUND;
            case UNRECOGNIZED ->
                throw at.field("traffic_direction").refuse(listener.getTrafficDirectionValue(), "INBOUND or OUTBOUND");
        };
    }

    private FilterChainConfig chain(FilterChain chain, Place at) {
        Duration timeout = chain.hasTransportSocketConnectTimeout()
                ? CommonDecoder.duration(
                        chain.getTransportSocketConnectTimeout(), at.field("transport_socket_connect_timeout"))
                : DEFAULT_HANDSHAKE_TIMEOUT;
        List<NetworkFilterConfig> decoded = new ArrayList<>();
        for (int index = 0; index < chain.getFiltersCount(); index++) {
            var filter = chain.getFilters(index);
            Place place =
                    at.field("filters").index(index).called(filter.getName()).field("typed_config");
            place.require(filter.hasTypedConfig(), "is missing");
            decoded.add(filters.decode(TypedConfig.of(filter.getTypedConfig(), place), place));
        }
        checkOrder(decoded, at.field("filters"));
        return new FilterChainConfig(
                chain.getName(),
                match(chain, at.field("filter_chain_match")),
                tls(chain, at.field("transport_socket")),
                timeout,
                decoded,
                fingerprint(chain));
    }

    private static void checkOrder(List<NetworkFilterConfig> filters, Place at) {
        at.require(!filters.isEmpty() && filters.getLast().terminal(), "the last filter must be HTTP or TCP");
        for (int index = 0; index < filters.size() - 1; index++) {
            at.index(index).require(!filters.get(index).terminal(), "a terminal filter must be the last one");
        }
    }

    private static List<DownstreamTlsConfig> tls(FilterChain chain, Place at) {
        if (!chain.hasTransportSocket()) {
            return List.of();
        }
        TransportSocket socket = chain.getTransportSocket();
        Place place = at.field("typed_config");
        String type = TypedConfig.messageName(socket.getTypedConfig().getTypeUrl());
        return switch (type) {
            case TlsDecoder.DOWNSTREAM -> TlsDecoder.downstream(socket.getTypedConfig(), place);
            case RAW_BUFFER -> List.of();
            default -> throw place.refuse("'" + type + "' is not supported by this proxy yet");
        };
    }

    private static FilterChainMatch match(FilterChain chain, Place at) {
        var match = chain.getFilterChainMatch();
        List<String> names = new ArrayList<>();
        for (String name : match.getServerNamesList()) {
            names.add(serverName(name, at.field("server_names")));
        }
        FilterChainMatch.SourceType type = switch (match.getSourceType()) {
            case ANY -> FilterChainMatch.SourceType.ANY;
            case SAME_IP_OR_LOOPBACK -> FilterChainMatch.SourceType.SAME_IP_OR_LOOPBACK;
            case EXTERNAL -> FilterChainMatch.SourceType.EXTERNAL;
            case UNRECOGNIZED ->
                throw at.field("source_type")
                        .refuse(match.getSourceTypeValue(), "ANY, SAME_IP_OR_LOOPBACK or EXTERNAL");
        };
        return new FilterChainMatch(
                match.hasDestinationPort()
                        ? OptionalInt.of(match.getDestinationPort().getValue())
                        : OptionalInt.empty(),
                ranges(match.getPrefixRangesList(), at.field("prefix_ranges")),
                names,
                match.getTransportProtocol(),
                match.getApplicationProtocolsList(),
                new FilterChainMatch.SourceMatch(
                        type,
                        ranges(match.getDirectSourcePrefixRangesList(), at.field("direct_source_prefix_ranges")),
                        ranges(match.getSourcePrefixRangesList(), at.field("source_prefix_ranges")),
                        match.getSourcePortsList()));
    }

    private static String serverName(String name, Place at) {
        boolean wildcard = name.startsWith("*.");
        String rest = wildcard ? name.substring(2) : name;
        if (rest.isEmpty() || rest.indexOf('*') >= 0 || name.length() > MAX_SERVER_NAME) {
            throw at.refuse("'" + name + "'", "a host name, or '*.' and a host name");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static List<CidrRange> ranges(List<io.envoyproxy.envoy.config.core.v3.CidrRange> ranges, Place at) {
        List<CidrRange> decoded = new ArrayList<>();
        for (int index = 0; index < ranges.size(); index++) {
            decoded.add(CommonDecoder.cidr(ranges.get(index), at.index(index)));
        }
        return decoded;
    }

    /// A hash of the encoded message: cheap to keep and to compare.
    private static String fingerprint(Message message) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(message.toByteArray()), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
