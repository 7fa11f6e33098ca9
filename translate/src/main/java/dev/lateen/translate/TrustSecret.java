package dev.lateen.translate;

import com.google.protobuf.ByteString;
import dev.lateen.model.mesh.TrustBundles;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig.TrustDomain;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.Optional;

/// The secret by which proxies of a mesh that trusts further authorities know whose certificates to believe for which
/// trust domain. A secret of its own: another root changes no listener.
///
/// Source: envoy.tls.cert_validator.spiffe. Differs: Istio joins all authorities, so that each may speak for all
/// domains.
final class TrustSecret {
    static final String NAME = "trust-domains";

    private TrustSecret() {}

    /// Empty where the mesh trusts its own authority alone.
    static Optional<EncodedResource> of(Scene scene) {
        TrustBundles trust = scene.snapshot().security().trust();
        if (trust.byDomain().isEmpty()) {
            return Optional.empty();
        }
        SPIFFECertValidatorConfig.Builder domains = SPIFFECertValidatorConfig.newBuilder();
        trust.byDomain()
                .forEach((domain, pem) -> domains.addTrustDomains(TrustDomain.newBuilder()
                        .setName(domain)
                        .setTrustBundle(DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(pem)))));
        CertificateValidationContext context = CertificateValidationContext.newBuilder()
                .setCustomValidatorConfig(TypedExtensionConfig.newBuilder()
                        .setName("envoy.tls.cert_validator.spiffe")
                        .setTypedConfig(Protos.any(domains.build())))
                .build();
        return Optional.of(EncodedResource.of(
                ResourceType.SECRET,
                NAME,
                Secret.newBuilder().setName(NAME).setValidationContext(context).build()));
    }
}
