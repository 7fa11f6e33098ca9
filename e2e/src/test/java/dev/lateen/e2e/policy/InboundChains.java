package dev.lateen.e2e.policy;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/// Chains that translation has made for one workload, at a listener that many workloads share: the source port in a
/// PROXY header, which is a fact that no policy asks for, chooses the workload. All filters stay but the last, which
/// the test ends as it needs; callers may come with and without TLS, and with and without a certificate.
///
/// Thread: any.
record InboundChains(Listener listener, Identities identities) {
    private static final String HTTP = "envoy.filters.network.http_connection_manager";
    private static final String TCP = "envoy.filters.network.tcp_proxy";

    List<FilterChain> http(int sourcePort, UnaryOperator<HttpConnectionManager.Builder> end)
            throws InvalidProtocolBufferException {
        FilterChain chain = forAnyPort(HTTP);
        HttpConnectionManager manager = last(chain).unpack(HttpConnectionManager.class);
        return both(withLast(chain, Any.pack(end.apply(manager.toBuilder()).build())), sourcePort);
    }

    List<FilterChain> tcp(int sourcePort, UnaryOperator<TcpProxy.Builder> end) throws InvalidProtocolBufferException {
        FilterChain chain = forAnyPort(TCP);
        TcpProxy proxy = last(chain).unpack(TcpProxy.class);
        return both(withLast(chain, Any.pack(end.apply(proxy.toBuilder()).build())), sourcePort);
    }

    private FilterChain forAnyPort(String last) {
        return listener.getFilterChainsList().stream()
                .filter(c -> c.getFilterChainMatch().getDestinationPort().getValue() == 0)
                .filter(c -> c.getFilters(c.getFiltersCount() - 1).getName().equals(last))
                .findFirst()
                .orElseThrow();
    }

    private static Any last(FilterChain chain) {
        return chain.getFilters(chain.getFiltersCount() - 1).getTypedConfig();
    }

    private static FilterChain withLast(FilterChain chain, Any config) {
        int last = chain.getFiltersCount() - 1;
        return chain.toBuilder()
                .setFilters(last, chain.getFilters(last).toBuilder().setTypedConfig(config))
                .build();
    }

    private List<FilterChain> both(FilterChain chain, int sourcePort) {
        return List.of(chain(chain, sourcePort, true), chain(chain, sourcePort, false));
    }

    private FilterChain chain(FilterChain from, int sourcePort, boolean secure) {
        FilterChain.Builder chain = from.toBuilder()
                .setName("set-" + sourcePort + (secure ? "-tls" : ""))
                .clearTransportSocket()
                .setFilterChainMatch(FilterChainMatch.newBuilder()
                        .addSourcePorts(sourcePort)
                        .setTransportProtocol(secure ? "tls" : "raw_buffer"));
        if (secure) {
            chain.setTransportSocket(tls());
        }
        return chain.build();
    }

    /// Asks for a certificate of any trust domain and takes clients without one, so that policies see all of them.
    private TransportSocket tls() {
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
}
