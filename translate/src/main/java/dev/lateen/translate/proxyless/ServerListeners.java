package dev.lateen.translate.proxyless;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.NonForwardingAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import java.util.List;

/// The listener that a gRPC server asks for by the address that it is about to listen on.
///
/// Limits: one filter chain. A server cannot tell TLS from plain text, so it takes the one or the other.
///
/// Thread: any.
///
/// Source: gRFC A36 (servers), A29 (TLS), A41 (RBAC).
public final class ServerListeners {
    /// Before the address in the names of those listeners.
    public static final String PREFIX = "xds.istio.io/grpc/lds/inbound/";

    private ServerListeners() {}

    /// @param host as the server has bound it, without brackets
    /// @param filters that decide who may call
    /// @param mutual whether callers have to show a certificate of the mesh
    public static Listener of(String host, int port, List<HttpFilter> filters, boolean mutual) {
        HttpConnectionManager manager = HttpConnectionManager.newBuilder()
                .setRouteConfig(RouteConfiguration.newBuilder()
                        .setName("inbound")
                        .addVirtualHosts(VirtualHost.newBuilder()
                                .setName("inbound")
                                .addDomains("*")
                                .addRoutes(Route.newBuilder()
                                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                        .setNonForwardingAction(NonForwardingAction.getDefaultInstance()))))
                .addAllHttpFilters(filters)
                .addHttpFilters(ClientListeners.ROUTER)
                .build();
        FilterChain.Builder chain = FilterChain.newBuilder()
                .setName("inbound")
                .addFilters(Filter.newBuilder()
                        .setName("envoy.filters.network.http_connection_manager")
                        .setTypedConfig(Any.pack(manager)));
        if (mutual) {
            chain.setTransportSocket(TransportSocket.newBuilder()
                    .setName(ProviderTls.SOCKET)
                    .setTypedConfig(Any.pack(DownstreamTlsContext.newBuilder()
                            .setRequireClientCertificate(BoolValue.of(true))
                            .setCommonTlsContext(CommonTlsContext.newBuilder()
                                    .setTlsCertificateProviderInstance(ProviderTls.CERTIFICATE)
                                    .setValidationContext(CertificateValidationContext.newBuilder()
                                            .setCaCertificateProviderInstance(ProviderTls.ROOTS)))
                            .build())));
        }
        return Listener.newBuilder()
                .setName(name(host, port))
                .setAddress(Address.newBuilder()
                        .setSocketAddress(
                                SocketAddress.newBuilder().setAddress(host).setPortValue(port)))
                .setTrafficDirection(TrafficDirection.INBOUND)
                .addFilterChains(chain)
                .build();
    }

    private static String name(String host, int port) {
        return PREFIX + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
