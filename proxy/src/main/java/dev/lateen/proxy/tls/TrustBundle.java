package dev.lateen.proxy.tls;

import java.security.cert.X509Certificate;
import java.util.List;

/// Who speaks for a trust domain, and what they have revoked.
public record TrustBundle(List<X509Certificate> roots, Revocations revocations) {
    public TrustBundle {
        roots = List.copyOf(roots);
    }
}
