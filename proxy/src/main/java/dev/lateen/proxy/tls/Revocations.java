package dev.lateen.proxy.tls;

import java.security.cert.X509CRL;
import java.util.List;

/// Lists of revoked certificates. Where there is any, every certificate that is looked up needs one of its authority.
///
/// @param leafOnly look up the peer's own certificate alone, not those of the authorities between
public record Revocations(List<X509CRL> lists, boolean leafOnly) {
    public static final Revocations NONE = new Revocations(List.of(), false);

    public Revocations {
        lists = List.copyOf(lists);
    }
}
