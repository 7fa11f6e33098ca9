package dev.lateen.translate.proxyless;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateProviderPluginInstance;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;

/// TLS whose keys and roots come from what the application's bootstrap calls `default`.
///
/// Thread: any.
///
/// Source: gRFC A29, "CommonTlsContext".
final class ProviderTls {
    static final String SOCKET = "envoy.transport_sockets.tls";
    private static final String INSTANCE = "default";
    static final CertificateProviderPluginInstance CERTIFICATE = CertificateProviderPluginInstance.newBuilder()
            .setInstanceName(INSTANCE)
            .setCertificateName("default")
            .build();
    static final CertificateProviderPluginInstance ROOTS = CertificateProviderPluginInstance.newBuilder()
            .setInstanceName(INSTANCE)
            .setCertificateName("ROOTCA")
            .build();

    private ProviderTls() {}

    /// @param names of which the server's certificate must have one; empty for any of the mesh
    @SuppressWarnings("deprecation") // gRPC reads no other field
    static TransportSocket upstream(List<StringMatcher> names) {
        UpstreamTlsContext context = UpstreamTlsContext.newBuilder()
                .setCommonTlsContext(CommonTlsContext.newBuilder()
                        .setTlsCertificateProviderInstance(CERTIFICATE)
                        .setValidationContext(CertificateValidationContext.newBuilder()
                                .setCaCertificateProviderInstance(ROOTS)
                                .addAllMatchSubjectAltNames(names)))
                .build();
        return TransportSocket.newBuilder()
                .setName(SOCKET)
                .setTypedConfig(Any.pack(context))
                .build();
    }
}
