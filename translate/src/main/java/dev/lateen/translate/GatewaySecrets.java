package dev.lateen.translate;

import com.google.protobuf.ByteString;
import dev.lateen.model.istio.ServerTls;
import dev.lateen.model.kubernetes.Secret;
import dev.lateen.translate.MergedGateways.Entry;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The certificates that servers of gateways name, from secrets in the proxy's own namespace only.
final class GatewaySecrets {
    private GatewaySecrets() {}

    static List<EncodedResource> of(Scene scene, MergedGateways gateways) {
        Map<String, EncodedResource> found = new LinkedHashMap<>();
        for (List<Entry> entries : gateways.byListener().values()) {
            for (Entry entry : entries) {
                entry.server().tls().ifPresent(tls -> add(scene, tls, found));
            }
        }
        return List.copyOf(found.values());
    }

    private static void add(Scene scene, ServerTls tls, Map<String, EncodedResource> found) {
        for (String name : DownstreamTls.credentials(tls)) {
            scene.snapshot().secret(scene.node().namespace(), name).ifPresent(secret -> {
                certificate("kubernetes://" + name, secret).ifPresent(c -> found.put(c.name(), c));
                roots("kubernetes://" + name + "-cacert", secret).ifPresent(c -> found.put(c.name(), c));
            });
            scene.snapshot()
                    .secret(scene.node().namespace(), name + "-cacert")
                    .flatMap(secret -> roots("kubernetes://" + name + "-cacert", secret))
                    .ifPresent(c -> found.put(c.name(), c));
        }
        String ca = tls.caCertCredentialName();
        if (!ca.isEmpty()) {
            scene.snapshot()
                    .secret(scene.node().namespace(), ca)
                    .flatMap(secret -> roots("kubernetes://" + ca + "-cacert", secret))
                    .ifPresent(c -> found.put(c.name(), c));
        }
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

    private static Optional<EncodedResource> roots(String name, Secret secret) {
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
