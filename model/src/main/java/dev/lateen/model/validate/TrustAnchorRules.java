package dev.lateen.model.validate;

import dev.lateen.identity.Pem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/// What `caCertificates` of the mesh may say. Thread: any.
final class TrustAnchorRules {
    private static final Pattern LOOPBACK = Pattern.compile("127(\\.[0-9]{1,3}){3}|\\[::1]|localhost");

    private TrustAnchorRules() {}

    static void check(View anchor) {
        if (anchor.filled("pem")) {
            certificates(anchor);
        } else if (anchor.filled("spiffeBundleUrl")) {
            address(anchor);
        } else {
            anchor.error("pem", "missing-required", "neither pem nor spiffeBundleUrl is set");
        }
        anchor.items("trustDomains").forEach(domain -> MeshConfigRules.trustDomain(anchor.report(), domain));
    }

    private static void certificates(View anchor) {
        try {
            if (Pem.certificates(anchor.spot("pem").value()).stream().anyMatch(one -> one.getBasicConstraints() < 0)) {
                anchor.error("pem", "bad-certificate", "a certificate is not an authority's", "CA:TRUE");
            }
        } catch (IllegalArgumentException e) {
            anchor.error("pem", "bad-certificate", String.valueOf(e.getMessage()), "certificates in PEM");
        }
    }

    /// Whoever can change a bundle on its way makes everybody's certificates.
    private static void address(View anchor) {
        try {
            URI address = new URI(anchor.spot("spiffeBundleUrl").value());
            String host = String.valueOf(address.getHost());
            boolean secure = "https".equals(address.getScheme()) && address.getHost() != null;
            boolean near =
                    "http".equals(address.getScheme()) && LOOPBACK.matcher(host).matches();
            if (secure || near) {
                return;
            }
        } catch (URISyntaxException _) {
            // The same advice holds.
        }
        anchor.error("spiffeBundleUrl", "bad-url", "not an address of a bundle", "https://host/path");
    }
}
