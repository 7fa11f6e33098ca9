package dev.lateen.translate;

import com.google.protobuf.ByteString;
import dev.lateen.model.istio.ServerTls;
import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.kubernetes.Secret;
import dev.lateen.translate.MergedGateways.Entry;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.util.List;
import java.util.Optional;

/// The keys and authorities that servers of gateways and destination rules name, from secrets in the proxy's own
/// namespace only. Source: Istio, `credentialName` of `ServerTLSSettings` and `ClientTLSSettings`.
final class CredentialSecrets {
    private static final String ROOTS = "-cacert";

    private final Scene scene;
    private final ResourceMap found;

    /// @param found takes the secrets
    CredentialSecrets(Scene scene, ResourceMap found) {
        this.scene = scene;
        this.found = found;
    }

    /// For those who connect to the gateway.
    void servers(MergedGateways gateways) {
        for (List<Entry> entries : gateways.byListener().values()) {
            for (Entry entry : entries) {
                entry.server().tls().ifPresent(this::server);
            }
        }
    }

    private void server(ServerTls tls) {
        for (String name : DownstreamTls.credentials(tls)) {
            key(name);
            roots(name);
        }
        if (!tls.caCertCredentialName().isEmpty()) {
            roots(tls.caCertCredentialName());
        }
    }

    /// For what the proxy connects to.
    ///
    /// @return whether a secret is named
    boolean client(ClientTls tls) {
        if (tls.credentialName().isEmpty()) {
            return false;
        }
        if (tls.mode().equals("MUTUAL")) {
            key(tls.credentialName());
        }
        roots(tls.credentialName());
        return true;
    }

    private void key(String name) {
        secret(name).flatMap(secret -> certificate(onTheWire(name), secret)).ifPresent(found::add);
    }

    /// The authorities have a secret of their own, or are beside the key.
    private void roots(String name) {
        String wire = onTheWire(name + ROOTS);
        secret(name + ROOTS)
                .flatMap(secret -> authorities(wire, secret))
                .or(() -> secret(name).flatMap(secret -> authorities(wire, secret)))
                .ifPresent(found::add);
    }

    private static String onTheWire(String name) {
        return "kubernetes://" + name;
    }

    private Optional<Secret> secret(String name) {
        return scene.snapshot().secret(scene.node().namespace(), name);
    }

    private static Optional<EncodedResource> certificate(String name, Secret secret) {
        Optional<byte[]> chain = secret.value("tls.crt").or(() -> secret.value("cert"));
        Optional<byte[]> key = secret.value("tls.key").or(() -> secret.value("key"));
        if (chain.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(EncodedResource.of(
                ResourceType.SECRET,
                name,
                io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret.newBuilder()
                        .setName(name)
                        .setTlsCertificate(TlsCertificate.newBuilder()
                                .setCertificateChain(inline(chain.get()))
                                .setPrivateKey(inline(key.get())))
                        .build()));
    }

    private static Optional<EncodedResource> authorities(String name, Secret secret) {
        CertificateValidationContext.Builder context = CertificateValidationContext.newBuilder();
        secret.value("ca.crl").or(() -> secret.value("crl")).ifPresent(crl -> context.setCrl(inline(crl)));
        return secret.value("ca.crt")
                .or(() -> secret.value("cacert"))
                .map(ca -> EncodedResource.of(
                        ResourceType.SECRET,
                        name,
                        io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret.newBuilder()
                                .setName(name)
                                .setValidationContext(context.setTrustedCa(inline(ca)))
                                .build()));
    }

    private static DataSource inline(byte[] bytes) {
        return DataSource.newBuilder()
                .setInlineBytes(ByteString.copyFrom(bytes))
                .build();
    }
}
