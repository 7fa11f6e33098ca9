package dev.lateen.proxy.tls;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Place;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// Lists of revoked certificates. Where there is any, every certificate that is looked up needs one of its authority.
///
/// @param leafOnly look up the peer's own certificate alone, not those of the authorities between
public record Revocations(List<X509CRL> lists, boolean leafOnly) {
    private static final System.Logger LOG = System.getLogger(Revocations.class.getName());
    public static final Revocations NONE = new Revocations(List.of(), false);

    public Revocations {
        lists = List.copyOf(lists);
    }

    /// Whoever is of these authorities and on none of the lists; empty, and logged, where the lists cannot be read.
    ///
    /// @param revocations in PEM, empty for none
    public static Optional<Secret> trusting(List<X509Certificate> roots, String revocations) {
        return switch (read(revocations)) {
            case Decoded.Ok<Revocations>(var lists) ->
                Optional.of(new Secret.Validation(ValidationConfig.ofRoots(roots, lists)));
            case Decoded.Rejected<Revocations>(var reason) -> {
                LOG.log(System.Logger.Level.WARNING, reason);
                yield Optional.empty();
            }
        };
    }

    /// Those of a text in PEM, by which whole chains are checked; none of an empty one.
    private static Decoded<Revocations> read(String pem) {
        return Decoded.of(() -> pem.isEmpty()
                ? NONE
                : new Revocations(
                        Pem.revocations(pem.getBytes(StandardCharsets.UTF_8), Place.resource("file", "ca-crl.pem")),
                        false));
    }
}
