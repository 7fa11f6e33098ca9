package dev.lateen.e2e.policy;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UInt32Value;
import dev.lateen.e2e.behaviour.Bootstrap;
import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.e2e.behaviour.Ports;
import dev.lateen.e2e.behaviour.RunningProxy;
import dev.lateen.proxy.config.ProtoJson;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One proxy that holds many sets of policies, as translation makes them for a workload: all filters of its chains but
/// the last, which answers. The source port in a PROXY header chooses the set, which is a fact that no policy asks for.
final class PolicyProxy implements AutoCloseable {
    /// A bootstrap of some MiB is read as a tree.
    private static final String HEAP = "256m";
    private static final int FIRST_HTTP = 1_000;
    private static final int FIRST_TCP = 5_000;
    private static final String HTTP_FILTER = "envoy.filters.network.http_connection_manager";
    private static final String TCP_FILTER = "envoy.filters.network.tcp_proxy";
    private static final String LISTENER = """
            {name: inbound, address: {socket_address: {address: 0.0.0.0, port_value: %d}}, %s listener_filters: [
              {name: envoy.filters.listener.proxy_protocol, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol}},
              {name: envoy.filters.listener.tls_inspector, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}],
              filter_chains: [%s]}""";

    private static final String V6 =
            "additional_addresses: [{address: {socket_address: {address: \"::\", port_value: %d}}}],";

    private final RunningProxy proxy;
    private final int port4;
    private final int port6;

    private PolicyProxy(RunningProxy proxy, int port4, int port6) {
        this.proxy = proxy;
        this.port4 = port4;
        this.port6 = port6;
    }

    /// @param more resources besides the policies
    /// @param echo port of a server that sends back what it gets
    /// @param v6 whether callers come from such addresses too
    static PolicyProxy start(
            DataPlane plane, List<List<WrittenPolicy>> sets, String more, Identities identities, int echo, boolean v6)
            throws IOException, InterruptedException {
        String node = switch (plane) {
            case LATEEN -> "LATEEN_PROXY";
            case ENVOY -> "ENVOY_UPSTREAM";
        };
        List<String> chains = new ArrayList<>();
        ProtoJson json = new ProtoJson();
        for (int set = 0; set < sets.size(); set++) {
            for (FilterChain chain : chains(
                    PolicyMesh.inbound(PolicyMesh.snapshot(sets.get(set), more), PolicyMesh.node(node))
                            .getFilterChainsList(),
                    set,
                    identities)) {
                chains.add(json.print(chain));
            }
        }
        String all = String.join(",\n", chains);
        int port4 = Ports.free();
        int port6 = Ports.free();
        Bootstrap bootstrap = new Bootstrap()
                .cluster("echo", echo)
                .rawListener(LISTENER.formatted(port4, v6 ? V6.formatted(port6) : "", all));
        return new PolicyProxy(plane.start(bootstrap, HEAP), port4, port6);
    }

    private static List<FilterChain> chains(List<FilterChain> translated, int set, Identities identities)
            throws InvalidProtocolBufferException {
        FilterChain http = first(translated, HTTP_FILTER);
        FilterChain tcp = first(translated, TCP_FILTER);
        List<FilterChain> chains = new ArrayList<>();
        for (boolean secure : new boolean[] {true, false}) {
            chains.add(chain(answering(http), FIRST_HTTP + set, secure, identities));
            chains.add(chain(echoing(tcp), FIRST_TCP + set, secure, identities));
        }
        return chains;
    }

    /// Of the chains for any port, one has HTTP, one has not.
    private static FilterChain first(List<FilterChain> chains, String last) {
        return chains.stream()
                .filter(c -> c.getFilterChainMatch().getDestinationPort().getValue() == 0)
                .filter(c -> c.getFilters(c.getFiltersCount() - 1).getName().equals(last))
                .findFirst()
                .orElseThrow();
    }

    private static FilterChain chain(FilterChain from, int sourcePort, boolean secure, Identities identities) {
        FilterChain.Builder chain = from.toBuilder()
                .setName("set-" + sourcePort + (secure ? "-tls" : ""))
                .clearTransportSocket()
                .setFilterChainMatch(FilterChainMatch.newBuilder()
                        .addSourcePorts(sourcePort)
                        .setTransportProtocol(secure ? "tls" : "raw_buffer"));
        if (secure) {
            chain.setTransportSocket(tls(identities));
        }
        return chain.build();
    }

    /// Asks for a certificate of any trust domain and takes clients without one, so that policies see all of them.
    private static TransportSocket tls(Identities identities) {
        CommonTlsContext common = CommonTlsContext.newBuilder()
                .addTlsCertificates(TlsCertificate.newBuilder()
                        .setCertificateChain(file(identities.certificateFile()))
                        .setPrivateKey(file(identities.keyFile())))
                .setValidationContext(
                        CertificateValidationContext.newBuilder().setTrustedCa(file(identities.rootFile())))
                .build();
        return TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.tls")
                .setTypedConfig(Any.pack(DownstreamTlsContext.newBuilder()
                        .setCommonTlsContext(common)
                        .build()))
                .build();
    }

    private static DataSource file(Path path) {
        return DataSource.newBuilder().setFilename(path.toString()).build();
    }

    private static FilterChain answering(FilterChain chain) throws InvalidProtocolBufferException {
        Filter last = chain.getFilters(chain.getFiltersCount() - 1);
        HttpConnectionManager manager = last.getTypedConfig().unpack(HttpConnectionManager.class);
        Route answer = Route.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setDirectResponse(DirectResponseAction.newBuilder().setStatus(200))
                .build();
        VirtualHost host = VirtualHost.newBuilder()
                .setName("all")
                .addDomains("*")
                .addRoutes(answer)
                .build();
        return last(
                chain,
                Any.pack(manager.toBuilder()
                        .setRouteConfig(RouteConfiguration.newBuilder().addVirtualHosts(host))
                        .setUseRemoteAddress(BoolValue.of(true))
                        .setXffNumTrustedHops(1)
                        .clearAccessLog()
                        .build()));
    }

    private static FilterChain echoing(FilterChain chain) throws InvalidProtocolBufferException {
        TcpProxy tcp =
                chain.getFilters(chain.getFiltersCount() - 1).getTypedConfig().unpack(TcpProxy.class);
        return last(
                chain,
                Any.pack(tcp.toBuilder()
                        .setCluster("echo")
                        .setMaxConnectAttempts(UInt32Value.of(1))
                        .clearAccessLog()
                        .build()));
    }

    private static FilterChain last(FilterChain chain, Any config) {
        int last = chain.getFiltersCount() - 1;
        return chain.toBuilder()
                .setFilters(last, chain.getFilters(last).toBuilder().setTypedConfig(config))
                .build();
    }

    /// @param set its index
    boolean allows(WireCall call, int set, Caller caller) throws IOException {
        return call.isServed(
                caller, WireCall.isV6(caller.direct()) ? port6 : port4, (caller.http() ? FIRST_HTTP : FIRST_TCP) + set);
    }

    @Override
    public void close() {
        proxy.close();
    }
}
