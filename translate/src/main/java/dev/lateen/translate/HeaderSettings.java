package dev.lateen.translate;

import dev.lateen.model.mesh.ProxyHeaders;
import dev.lateen.model.mesh.ProxyHeaders.ClientCert;
import dev.lateen.model.mesh.ProxyHeaders.Shown;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;

/// What `proxyHeaders` says, at connection managers. Routes, the router and clusters have their parts of it
/// themselves. Source: Istio, `ProxyConfig.proxyHeaders`. Thread: any.
final class HeaderSettings {
    /// HTTP/1 fields are passed on with the names that they came with.
    static final HeaderKeyFormat PRESERVED_CASE = HeaderKeyFormat.newBuilder()
            .setStatefulFormatter(TypedExtensionConfig.newBuilder()
                    .setName("preserve_case")
                    .setTypedConfig(Protos.any(PreserveCaseFormatterConfig.getDefaultInstance())))
            .build();

    private HeaderSettings() {}

    static void apply(ProxyHeaders headers, HttpConnectionManager.Builder manager) {
        headers.server().ifPresent(server -> {
            if (server.disabled()) {
                manager.clearServerName().setServerHeaderTransformation(ServerHeaderTransformation.PASS_THROUGH);
            } else if (!server.value().isEmpty()) {
                manager.setServerName(server.value());
            }
        });
        if (!headers.givesRequestIds()) {
            manager.setGenerateRequestId(Protos.FALSE);
        }
        if (headers.forwardsPort()) {
            manager.setAppendXForwardedPort(true);
        }
        if (headers.preservesCase()) {
            manager.getHttpProtocolOptionsBuilder().setHeaderKeyFormat(PRESERVED_CASE);
        }
    }

    /// What sidecars do with `x-forwarded-client-cert` of what they receive.
    static void clientCertificate(ClientCert cert, HttpConnectionManager.Builder manager) {
        Shown shown = cert.shown().orElse(Shown.DEFAULT);
        manager.setForwardClientCertDetails(forward(cert.mode().orElse("APPEND_FORWARD")))
                .setSetCurrentClientCertDetails(SetCurrentClientCertDetails.newBuilder()
                        .setSubject(shown.subject() ? Protos.TRUE : Protos.FALSE)
                        .setCert(shown.cert())
                        .setChain(shown.chain())
                        .setDns(shown.dns())
                        .setUri(shown.uri()));
    }

    /// A mode by Istio's name.
    static ForwardClientCertDetails forward(String name) {
        return switch (name) {
            case "SANITIZE" -> ForwardClientCertDetails.SANITIZE;
            case "FORWARD_ONLY" -> ForwardClientCertDetails.FORWARD_ONLY;
            case "APPEND_FORWARD" -> ForwardClientCertDetails.APPEND_FORWARD;
            case "ALWAYS_FORWARD_ONLY" -> ForwardClientCertDetails.ALWAYS_FORWARD_ONLY;
            default -> ForwardClientCertDetails.SANITIZE_SET;
        };
    }
}
