package dev.lateen.local.agent;

import java.util.List;
import java.util.stream.Collectors;

/// TLS towards a server that `ProxyConfig` names, by its `tlsSettings`; files are read by the agent, which gives them
/// out as secrets.
///
/// Source: Istio, names of secrets in files.
final class UpstreamTls {
    private UpstreamTls() {}

    /// A field of a cluster, indented as such; empty for plaintext.
    ///
    /// @param section of `ProxyConfig` that has `tlsSettings`
    /// @param alpn the protocol to be agreed on; empty for none
    static String yaml(PodSettings pod, String section, String alpn) {
        String mode = pod.text(section, "tlsSettings", "mode");
        if (!List.of("SIMPLE", "MUTUAL", "ISTIO_MUTUAL").contains(mode)) {
            return "";
        }
        boolean mesh = mode.equals("ISTIO_MUTUAL");
        String roots = pod.text(section, "tlsSettings", "caCertificates");
        String trust = mesh ? "ROOTCA" : roots.isEmpty() ? "" : "file-root:" + roots;
        String own = mesh
                ? "default"
                : mode.equals("MUTUAL")
                        ? "file-cert:" + pod.text(section, "tlsSettings", "clientCertificate") + "~"
                                + pod.text(section, "tlsSettings", "privateKey")
                        : "";
        String sni = pod.text(section, "tlsSettings", "sni");
        return TLS.replace("${sni}", sni.isEmpty() ? "" : "sni: " + PodSettings.quoted(sni))
                .replace("${alpn}", alpn.isEmpty() ? "" : "alpn_protocols: [" + alpn + "]")
                .replace(
                        "${trust}",
                        trust.isEmpty()
                                ? ""
                                : TRUST.replace("${names}", names(pod, section)).replace("${secret}", secret(trust)))
                .replace("${own}", own.isEmpty() ? "" : "tls_certificate_sds_secret_configs: [" + secret(own) + "]");
    }

    private static String names(PodSettings pod, String section) {
        List<String> names = pod.texts(section, "tlsSettings", "subjectAltNames");
        return names.isEmpty()
                ? "{}"
                : names.stream()
                        .map(name -> "{san_type: " + (name.contains("://") ? "URI" : "DNS") + ", matcher: {exact: "
                                + PodSettings.quoted(name) + "}}")
                        .collect(Collectors.joining(", ", "{match_typed_subject_alt_names: [", "]}"));
    }

    private static String secret(String name) {
        return "{name: " + PodSettings.quoted(name) + ", sds_config: {resource_api_version: V3, api_config_source:"
                + " {api_type: GRPC, transport_api_version: V3, set_node_on_first_message_only: true,"
                + " grpc_services: [{envoy_grpc: {cluster_name: sds-grpc}}]}}}";
    }

    private static final String TRUST = "combined_validation_context: {default_validation_context: ${names},"
            + " validation_context_sds_secret_config: ${secret}}";

    private static final String TLS = """
                transport_socket:
                  name: envoy.transport_sockets.tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                    ${sni}
                    common_tls_context:
                      ${alpn}
                      ${trust}
                      ${own}
            """;
}
