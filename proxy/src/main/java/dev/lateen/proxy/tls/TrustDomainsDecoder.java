package dev.lateen.proxy.tls;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import java.util.Map;
import java.util.TreeMap;

/// Decodes which authorities speak for which trust domain.
///
/// Source: envoy.tls.cert_validator.spiffe. Blocks where a bundle is a file: for the chores loop.
final class TrustDomainsDecoder {
    private static final String CONFIG = "envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig";
    private static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(CONFIG, "trust_domains")
            .message(CONFIG + ".TrustDomain", "name", "trust_bundle")
            .build();

    private TrustDomainsDecoder() {}

    static Map<String, TrustBundle> decode(TypedExtensionConfig validator, Place at) {
        Place place = at.field("typed_config");
        TypedConfig typed = TypedConfig.of(validator.getTypedConfig(), place);
        place.require(typed.type().equals(CONFIG), "is of type " + typed.type() + " (supported: " + CONFIG + ")");
        SPIFFECertValidatorConfig config = typed.unpack(SPIFFECertValidatorConfig.parser(), FIELDS, place);
        Map<String, TrustBundle> bundles = new TreeMap<>();
        for (int index = 0; index < config.getTrustDomainsCount(); index++) {
            SPIFFECertValidatorConfig.TrustDomain domain = config.getTrustDomains(index);
            Place domainAt = place.field("trust_domains").index(index);
            Place bundleAt = domainAt.field("trust_bundle");
            domainAt.field("name").require(!domain.getName().isEmpty(), "is empty");
            byte[] pem = CommonDecoder.data(domain.getTrustBundle(), bundleAt);
            TrustBundle before = bundles.put(
                    domain.getName(),
                    new TrustBundle(
                            Pem.certificates(pem, bundleAt),
                            new Revocations(Pem.anyRevocations(pem, bundleAt), false)));
            domainAt.field("name").require(before == null, "names a trust domain again");
        }
        place.field("trust_domains").require(!bundles.isEmpty(), "is empty");
        return bundles;
    }
}
