package dev.lateen.translate;

import com.google.protobuf.Struct;
import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.mesh.Protocol;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.TransportSocketMatch;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;

/// TLS towards an upstream: mutual TLS of the mesh, found out by endpoint or demanded by a rule, and TLS to the
/// outside.
final class UpstreamTls {
    private static final String TLS = "envoy.transport_sockets.tls";
    private static final String CONTROL_PLANE = "istiod.istio-system.svc";
    private static final TransportSocket PLAIN = TransportSocket.newBuilder()
            .setName("envoy.transport_sockets.raw_buffer")
            .setTypedConfig(Protos.any(RawBuffer.getDefaultInstance()))
            .build();
    private static final TlsParameters MESH_VERSIONS = TlsParameters.newBuilder()
            .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_2)
            .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3)
            .build();
    private static final TransportSocketMatch PLAIN_MATCH = TransportSocketMatch.newBuilder()
            .setName("tlsMode-disabled")
            .setMatch(Struct.getDefaultInstance())
            .setTransportSocket(PLAIN)
            .build();

    private UpstreamTls() {}

    /// @param sni of mutual TLS in the mesh
    /// @param identities of the service's workloads as SPIFFE ids, sorted
    /// @param declaredNames of certificates, as the service's entry says
    /// @param bySecret whether the secret that the rule names counts, rather than its files
    record Peer(
            String sni,
            List<String> identities,
            List<String> declaredNames,
            Protocol protocol,
            boolean http2,
            boolean bySecret) {}

    /// Mutual TLS for the endpoints that take it, plain text for the others.
    static void applyAutomatic(Cluster.Builder cluster, Peer peer, Scene scene) {
        TransportSocket mutual =
                socket(mutual(peer, peer.identities(), peer.sni(), scene).build());
        if (cluster.getType() == Cluster.DiscoveryType.ORIGINAL_DST) {
            cluster.setTransportSocket(mutual);
            return;
        }
        cluster.addTransportSocketMatches(TransportSocketMatch.newBuilder()
                .setName("tlsMode-istio")
                .setMatch(Struct.newBuilder().putFields("tlsMode", Protos.text("istio")))
                .setTransportSocket(mutual));
        cluster.addTransportSocketMatches(PLAIN_MATCH);
    }

    /// Whether the proxy takes the name to ask for from the request, because no rule names one.
    static boolean nameFromRequest(ClientTls tls) {
        return (tls.mode().equals("SIMPLE") || tls.mode().equals("MUTUAL"))
                && tls.sni().isEmpty();
    }

    /// Whether the certificate must be for the name that was asked for.
    static boolean checksRequestedName(ClientTls tls) {
        return nameFromRequest(tls)
                && tls.subjectAltNames().isEmpty()
                && !tls.insecureSkipVerify().orElse(false);
    }

    /// TLS as a destination rule demands it.
    static void apply(Cluster.Builder cluster, ClientTls tls, Peer peer, Scene scene) {
        switch (tls.mode()) {
            case "ISTIO_MUTUAL" -> {
                List<String> names = tls.subjectAltNames().isEmpty() ? peer.identities() : tls.subjectAltNames();
                String sni = tls.sni().isEmpty() ? peer.sni() : tls.sni();
                cluster.setTransportSocket(
                        socket(mutual(peer, names, sni, scene).build()));
            }
            case "SIMPLE", "MUTUAL" -> cluster.setTransportSocket(socket(outside(tls, peer, scene)));
            default -> {}
        }
    }

    /// Has every connection begin with a PROXY header.
    ///
    /// @param version `V1` or `V2`
    static void relay(Cluster.Builder cluster, String version) {
        if (cluster.getTransportSocketMatchesCount() == 0) {
            cluster.setTransportSocket(
                    relayed(cluster.hasTransportSocket() ? cluster.getTransportSocket() : PLAIN, version));
            return;
        }
        cluster.getTransportSocketMatchesBuilderList()
                .forEach(match -> match.setTransportSocket(relayed(match.getTransportSocket(), version)));
    }

    /// Mutual TLS with the control plane, whose certificate names it as Istio's does.
    static TransportSocket toControlPlane() {
        CertificateValidationContext.Builder validation = CertificateValidationContext.newBuilder();
        allow(validation, List.of(CONTROL_PLANE));
        return socket(meshTls(validation, CONTROL_PLANE, List.of("h2"), Sds.workload("ROOTCA"))
                .build());
    }

    private static TransportSocket relayed(TransportSocket inner, String version) {
        return TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.upstream_proxy_protocol")
                .setTypedConfig(Protos.any(ProxyProtocolUpstreamTransport.newBuilder()
                        .setConfig(ProxyProtocolConfig.newBuilder()
                                .setVersion(
                                        version.equals("V2")
                                                ? ProxyProtocolConfig.Version.V2
                                                : ProxyProtocolConfig.Version.V1))
                        .setTransportSocket(inner)
                        .build()))
                .build();
    }

    private static UpstreamTlsContext.Builder mutual(Peer peer, List<String> names, String sni, Scene scene) {
        CertificateValidationContext.Builder validation = CertificateValidationContext.newBuilder();
        allow(validation, names);
        return meshTls(validation, sni, alpn(peer, scene), Sds.trusted(scene.mesh()));
    }

    private static UpstreamTlsContext.Builder meshTls(
            CertificateValidationContext.Builder validation, String sni, List<String> alpn, SdsSecretConfig trusted) {
        return UpstreamTlsContext.newBuilder()
                .setSni(sni)
                .setCommonTlsContext(CommonTlsContext.newBuilder()
                        .setTlsParams(MESH_VERSIONS)
                        .addTlsCertificateSdsSecretConfigs(Sds.workload("default"))
                        .setCombinedValidationContext(CombinedCertificateValidationContext.newBuilder()
                                .setDefaultValidationContext(validation)
                                .setValidationContextSdsSecretConfig(trusted))
                        .addAllAlpnProtocols(alpn));
    }

    /// Istio's filter replaces these by what the client speaks; other proxies say what the port is declared to speak.
    private static List<String> alpn(Peer peer, Scene scene) {
        if (scene.hasIstioFilters()) {
            return peer.http2()
                    ? List.of("istio-peer-exchange", "istio", "h2")
                    : List.of("istio-peer-exchange", "istio");
        }
        if (peer.http2()) {
            return List.of("istio-h2", "istio", "h2");
        }
        return peer.protocol().isHttp() ? List.of("istio-http/1.1", "istio") : List.of("istio");
    }

    private static UpstreamTlsContext outside(ClientTls tls, Peer peer, Scene scene) {
        CommonTlsContext.Builder common = CommonTlsContext.newBuilder()
                .setTlsParams(MESH_VERSIONS.toBuilder()
                        .addAllCipherSuites(scene.mesh().tlsDefaults().cipherSuites())
                        .addAllEcdhCurves(scene.mesh().tlsDefaults().ecdhCurves()));
        CertificateValidationContext.Builder validation = CertificateValidationContext.newBuilder();
        boolean skip = tls.insecureSkipVerify().orElse(false);
        if (!skip) {
            allow(validation, tls.subjectAltNames().isEmpty() ? peer.declaredNames() : tls.subjectAltNames());
        }
        if (!tls.credentialName().isEmpty() && peer.bySecret()) {
            String name = "kubernetes://" + tls.credentialName();
            if (tls.mode().equals("MUTUAL")) {
                common.addTlsCertificateSdsSecretConfigs(Sds.ads(name));
            }
            verify(common, validation, skip ? SdsSecretConfig.getDefaultInstance() : Sds.ads(name + "-cacert"));
        } else {
            if (tls.mode().equals("MUTUAL") && tls.credentialName().isEmpty()) {
                common.addTlsCertificateSdsSecretConfigs(
                        Sds.file("file-cert:" + tls.clientCertificate() + "~" + tls.privateKey()));
            }
            if (!tls.caCrl().isEmpty()) {
                validation.setCrl(DataSource.newBuilder().setFilename(tls.caCrl()));
            }
            verify(
                    common,
                    validation,
                    skip
                            ? SdsSecretConfig.getDefaultInstance()
                            : Sds.file(
                                    "file-root:" + (tls.caCertificates().isEmpty() ? "system" : tls.caCertificates())));
        }
        if (peer.http2()) {
            common.addAlpnProtocols("h2");
        }
        return UpstreamTlsContext.newBuilder()
                .setSni(tls.sni())
                .setCommonTlsContext(common)
                .build();
    }

    private static void verify(
            CommonTlsContext.Builder common, CertificateValidationContext.Builder validation, SdsSecretConfig root) {
        if (root.getName().isEmpty()) {
            common.setValidationContext(validation);
        } else {
            common.setCombinedValidationContext(CombinedCertificateValidationContext.newBuilder()
                    .setDefaultValidationContext(validation)
                    .setValidationContextSdsSecretConfig(root));
        }
    }

    /// By the field that Envoy calls deprecated: the newer one wants the kind of each name, which rules do not say.
    @SuppressWarnings("deprecation")
    private static void allow(CertificateValidationContext.Builder validation, List<String> names) {
        names.forEach(name -> validation.addMatchSubjectAltNames(exact(name)));
    }

    private static StringMatcher exact(String name) {
        return StringMatcher.newBuilder().setExact(name).build();
    }

    private static TransportSocket socket(UpstreamTlsContext context) {
        return TransportSocket.newBuilder()
                .setName(TLS)
                .setTypedConfig(Protos.any(context))
                .build();
    }
}
