package dev.lateen.proxy.tls;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Place;
import java.nio.charset.StandardCharsets;
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

    /// Those of a text in PEM, by which whole chains are checked; none of an empty one.
    public static Decoded<Revocations> read(String pem) {
        return Decoded.of(() -> pem.isEmpty()
                ? NONE
                : new Revocations(
                        Pem.revocations(pem.getBytes(StandardCharsets.UTF_8), Place.resource("file", "ca-crl.pem")),
                        false));
    }
}
