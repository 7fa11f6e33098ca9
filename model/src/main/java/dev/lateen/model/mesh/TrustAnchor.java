package dev.lateen.model.mesh;

import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.Reader;
import java.util.List;
import java.util.Optional;

/// Authorities that are trusted beside the mesh's own, for the trust domains that are named, or else for the mesh's own
/// domain and its aliases.
///
/// Source: Istio `MeshConfig.CertificateData`.
///
/// @param pem empty where they stand at `bundleUrl`
/// @param bundleUrl where the control plane fetches a SPIFFE bundle
public record TrustAnchor(List<String> trustDomains, String pem, Optional<String> bundleUrl, Origin origin) {
    public TrustAnchor {
        trustDomains = List.copyOf(trustDomains);
    }

    static TrustAnchor of(Reader in) {
        in.notYet("certSigners");
        return new TrustAnchor(in.texts("trustDomains"), in.text("pem", ""), in.text("spiffeBundleUrl"), in.origin());
    }
}
