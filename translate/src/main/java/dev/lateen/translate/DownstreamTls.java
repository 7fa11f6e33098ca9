package dev.lateen.translate;

import dev.lateen.model.istio.ServerTls;
import dev.lateen.model.mesh.MeshConfig;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;

/// TLS as a server: mutual TLS of the mesh, and certificates of gateways.
final class DownstreamTls {
    static final List<String> HTTP_ALPN = List.of("h2", "http/1.1");
    static final List<String> TCP_ALPN = List.of("istio-peer-exchange", "h2", "http/1.1");
    private static final List<String> CIPHERS = List.of(
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "AES256-GCM-SHA384",
            "AES128-GCM-SHA256");

    private DownstreamTls() {}

    /// Only workloads of the mesh may connect.
    static TransportSocket mutual(Scene scene, boolean http) {
        List<String> alpn = http ? HTTP_ALPN : TCP_ALPN;
        return socket(mutualContext(scene, alpn, List.of()));
    }

    private static DownstreamTlsContext mutualContext(Scene scene, List<String> alpn, List<String> names) {
        List<StringMatcher> allowed = new ArrayList<>();
        if (names.isEmpty()) {
            scene.mesh().identity().admitted().forEach(domain -> allowed.add(prefix(domain)));
        } else {
            names.forEach(name ->
                    allowed.add(StringMatcher.newBuilder().setExact(name).build()));
        }
        TlsParameters.Builder parameters = TlsParameters.newBuilder()
                .setTlsMinimumProtocolVersion(
                        scene.mesh().tls().minimumProtocol().equals("TLSV1_3")
                                ? TlsProtocol.TLSv1_3
                                : TlsProtocol.TLSv1_2)
                .setTlsMaximumProtocolVersion(TlsProtocol.TLSv1_3)
                .addAllCipherSuites(
                        scene.mesh().tls().cipherSuites().isEmpty()
                                ? CIPHERS
                                : scene.mesh().tls().cipherSuites());
        return DownstreamTlsContext.newBuilder()
                .setRequireClientCertificate(Protos.TRUE)
                .setCommonTlsContext(CommonTlsContext.newBuilder()
                        .setTlsParams(parameters)
                        .addTlsCertificateSdsSecretConfigs(Sds.workload("default"))
                        .setCombinedValidationContext(CombinedCertificateValidationContext.newBuilder()
                                .setDefaultValidationContext(validation(allowed))
                                .setValidationContextSdsSecretConfig(Sds.trusted(scene.mesh())))
                        .addAllAlpnProtocols(alpn))
                .build();
    }

    @SuppressWarnings("deprecation")
    private static CertificateValidationContext validation(List<StringMatcher> allowed) {
        return CertificateValidationContext.newBuilder()
                .addAllMatchSubjectAltNames(allowed)
                .build();
    }

    private static StringMatcher prefix(String trustDomain) {
        return StringMatcher.newBuilder()
                .setPrefix("spiffe://" + trustDomain + "/")
                .build();
    }

    /// The own TLS of a sidecar's ingress listener.
    static TransportSocket ingress(Scene scene, ServerTls tls, boolean http) {
        return server(scene, tls, http ? HTTP_ALPN : TCP_ALPN);
    }

    /// A gateway's server.
    static TransportSocket server(Scene scene, ServerTls tls, List<String> alpn) {
        if (tls.mode().equals("ISTIO_MUTUAL")) {
            return socket(mutualContext(scene, alpn, tls.subjectAltNames()));
        }
        boolean mutual = tls.mode().equals("MUTUAL") || tls.mode().equals("OPTIONAL_MUTUAL");
        CommonTlsContext.Builder common = CommonTlsContext.newBuilder().addAllAlpnProtocols(alpn);
        parameters(tls, scene.mesh().tlsDefaults(), common);
        List<String> credentials = credentials(tls);
        if (credentials.isEmpty()) {
            tls.files()
                    .pairs()
                    .forEach(pair -> common.addTlsCertificateSdsSecretConfigs(
                            Sds.workload("file-cert:" + pair.certificate() + "~" + pair.privateKey())));
        } else {
            credentials.forEach(name -> common.addTlsCertificateSdsSecretConfigs(Sds.ads("kubernetes://" + name)));
        }
        if (mutual) {
            CertificateValidationContext.Builder validation = verification(tls).toBuilder();
            if (!tls.files().crl().isEmpty()) {
                validation.setCrl(
                        DataSource.newBuilder().setFilename(tls.files().crl()));
            }
            String ca = tls.caCertCredentialName().isEmpty()
                    ? credentials.isEmpty() ? "" : credentials.getFirst()
                    : tls.caCertCredentialName();
            common.setCombinedValidationContext(CombinedCertificateValidationContext.newBuilder()
                    .setDefaultValidationContext(validation)
                    .setValidationContextSdsSecretConfig(
                            ca.isEmpty()
                                    ? Sds.file("file-root:" + tls.files().caCertificates())
                                    : Sds.ads("kubernetes://" + ca + "-cacert")));
        }
        return socket(DownstreamTlsContext.newBuilder()
                .setRequireClientCertificate(
                        com.google.protobuf.BoolValue.of(tls.mode().equals("MUTUAL")))
                .setCommonTlsContext(common)
                .build());
    }

    private static CertificateValidationContext verification(ServerTls tls) {
        if (tls.verification().skipped()) {
            return CertificateValidationContext.newBuilder()
                    .setTrustChainVerification(CertificateValidationContext.TrustChainVerification.ACCEPT_UNTRUSTED)
                    .build();
        }
        return validation(exact(tls.subjectAltNames())).toBuilder()
                .addAllVerifyCertificateSpki(tls.verification().spki())
                .addAllVerifyCertificateHash(tls.verification().hash())
                .build();
    }

    static List<String> credentials(ServerTls tls) {
        if (!tls.credentialNames().isEmpty()) {
            return tls.credentialNames();
        }
        return tls.credentialName().isEmpty() ? List.of() : List.of(tls.credentialName());
    }

    private static List<StringMatcher> exact(List<String> names) {
        return names.stream()
                .map(name -> StringMatcher.newBuilder().setExact(name).build())
                .toList();
    }

    /// What the server itself says counts before what holds for all.
    private static void parameters(ServerTls tls, MeshConfig.Tls defaults, CommonTlsContext.Builder common) {
        String own = tls.protocol().minimum();
        List<String> suites = tls.protocol().cipherSuites();
        TlsParameters parameters = TlsParameters.newBuilder()
                .setTlsMinimumProtocolVersion(version(own.equals("TLS_AUTO") ? defaults.minimumProtocol() : own))
                .setTlsMaximumProtocolVersion(version(tls.protocol().maximum()))
                .addAllCipherSuites(suites.isEmpty() ? defaults.cipherSuites() : suites)
                .addAllEcdhCurves(defaults.ecdhCurves())
                .build();
        if (!parameters.equals(TlsParameters.getDefaultInstance())) {
            common.setTlsParams(parameters);
        }
    }

    private static TlsProtocol version(String name) {
        return switch (name) {
            case "TLSV1_0" -> TlsProtocol.TLSv1_0;
            case "TLSV1_1" -> TlsProtocol.TLSv1_1;
            case "TLSV1_2" -> TlsProtocol.TLSv1_2;
            case "TLSV1_3" -> TlsProtocol.TLSv1_3;
            default -> TlsProtocol.TLS_AUTO;
        };
    }

    private static TransportSocket socket(DownstreamTlsContext context) {
        return TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.tls")
                .setTypedConfig(Protos.any(context))
                .build();
    }
}
