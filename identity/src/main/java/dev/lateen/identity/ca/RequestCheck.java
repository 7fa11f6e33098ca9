package dev.lateen.identity.ca;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/// Decides whether a PKCS#10 request may be signed for an identity.
///
/// Limits: 16 KiB of text, RSA of 2,048 to 8,192 bits, the NIST curves P-256, P-384 and P-521.
final class RequestCheck {
    private static final int MAX_PEM_LENGTH = 16 * 1024;
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 8192;
    private static final List<Integer> CURVE_BITS = List.of(256, 384, 521);
    private static final List<String> LABELS = List.of("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");

    private RequestCheck() {}

    sealed interface Verdict {}

    /// @param named whether the request names the identity itself
    record Accepted(PublicKey key, boolean named) implements Verdict {}

    record Rejected(String reason) implements Verdict {}

    static Verdict check(String csrPem, SpiffeId authenticated) {
        if (csrPem.length() > MAX_PEM_LENGTH) {
            return new Rejected("CSR: " + csrPem.length() + " characters (expected: <= " + MAX_PEM_LENGTH + ")");
        }
        try {
            List<Pem.Block> blocks = Pem.decode(csrPem);
            if (blocks.size() != 1 || !LABELS.contains(blocks.getFirst().label())) {
                return new Rejected("CSR: expected exactly one PEM block CERTIFICATE REQUEST");
            }
            return check(new JcaPKCS10CertificationRequest(blocks.getFirst().der()), authenticated);
        } catch (IOException | IllegalArgumentException e) {
            return new Rejected("CSR: not a PKCS#10 request in PEM: " + e.getMessage());
        } catch (GeneralSecurityException | PKCSException | OperatorCreationException _) {
            return new Rejected("CSR: its key or signature cannot be read");
        } catch (RuntimeException _) {
            // The library throws many kinds at DER that it did not expect, such as IllegalStateException.
            return new Rejected("CSR: not a PKCS#10 request: its DER is malformed");
        }
    }

    private static Verdict check(JcaPKCS10CertificationRequest request, SpiffeId authenticated)
            throws GeneralSecurityException, PKCSException, OperatorCreationException {
        PublicKey key = request.getPublicKey();
        Optional<String> weakness = weakness(key);
        if (weakness.isPresent()) {
            return new Rejected(weakness.get());
        }
        if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
            return new Rejected("CSR: the signature does not verify: the sender does not hold the key");
        }
        GeneralNames names = request.getRequestedExtensions() == null
                ? null
                : GeneralNames.fromExtensions(request.getRequestedExtensions(), Extension.subjectAlternativeName);
        return foreignName(names, authenticated)
                .<Verdict>map(Rejected::new)
                .orElseGet(() -> new Accepted(key, names != null && names.getNames().length > 0));
    }

    private static Optional<String> weakness(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            int bits = rsa.getModulus().bitLength();
            return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS
                    ? Optional.empty()
                    : Optional.of("CSR: RSA key of " + bits + " bits (expected: 2048 to 8192)");
        }
        if (key instanceof ECPublicKey elliptic) {
            int bits = elliptic.getParams().getCurve().getField().getFieldSize();
            return CURVE_BITS.contains(bits)
                    ? Optional.empty()
                    : Optional.of("CSR: EC key of " + bits + " bits (expected: P-256, P-384 or P-521)");
        }
        return Optional.of("CSR: key of kind " + key.getAlgorithm() + " (expected: EC or RSA)");
    }

    /// The first name in the request that is not the caller's own.
    private static Optional<String> foreignName(@Nullable GeneralNames names, SpiffeId authenticated) {
        if (names == null) {
            return Optional.empty();
        }
        for (GeneralName name : names.getNames()) {
            boolean own = name.getTagNo() == GeneralName.uniformResourceIdentifier
                    && name.getName().toString().equals(authenticated.uri());
            if (!own) {
                return Optional.of("CSR: it asks for the name \"" + name.getName()
                        + "\", and its sender has proved to be " + authenticated);
            }
        }
        return Optional.empty();
    }
}
