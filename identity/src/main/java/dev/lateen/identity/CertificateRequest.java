package dev.lateen.identity;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;

/// A request for a certificate that names one SPIFFE id and is signed by the workload's own key, which stays where
/// it was made.
///
/// Thread: any (immutable).
///
/// Source: RFC 2986 (PKCS#10), RFC 5280 §4.2.1.6 (a name without a subject is critical).
public final class CertificateRequest {
    private static final int[] EXTENSION_REQUEST = {1, 2, 840, 113549, 1, 9, 14};
    private static final int[] SUBJECT_ALTERNATIVE_NAME = {2, 5, 29, 17};
    private static final int URI = 6;
    private static final int P384_BITS = 384;

    private final byte[] der;

    private CertificateRequest(byte[] der) {
        this.der = der;
    }

    /// @param keys an EC (P-256, P-384) or RSA pair
    public static CertificateRequest create(KeyPair keys, SpiffeId id) {
        SignatureKind kind = SignatureKind.of(keys.getPublic());
        byte[] info = Der.sequence(
                Der.smallInteger(0),
                Der.sequence(),
                keys.getPublic().getEncoded(),
                Der.contextConstructed(
                        0, Der.sequence(Der.oid(EXTENSION_REQUEST), Der.set(Der.sequence(alternativeName(id))))));
        try {
            Signature signature = Signature.getInstance(kind.jcaName);
            signature.initSign(keys.getPrivate());
            signature.update(info);
            return new CertificateRequest(Der.sequence(info, kind.algorithm(), Der.bits(signature.sign())));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the private key cannot sign with " + kind.jcaName, e);
        }
    }

    public byte[] der() {
        return der.clone();
    }

    public String pem() {
        return Pem.encode(Pem.CERTIFICATE_REQUEST, der);
    }

    private static byte[] alternativeName(SpiffeId id) {
        byte[] names = Der.sequence(Der.contextText(URI, id.uri()));
        return Der.sequence(Der.oid(SUBJECT_ALTERNATIVE_NAME), Der.trueValue(), Der.octets(names));
    }

    private enum SignatureKind {
        ECDSA_SHA256("SHA256withECDSA"),
        ECDSA_SHA384("SHA384withECDSA"),
        RSA_SHA256("SHA256withRSA");

        private final String jcaName;

        SignatureKind(String jcaName) {
            this.jcaName = jcaName;
        }

        private byte[] algorithm() {
            return switch (this) {
                case ECDSA_SHA256 -> Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
                case ECDSA_SHA384 -> Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 3));
                case RSA_SHA256 -> Der.sequence(Der.oid(1, 2, 840, 113549, 1, 1, 11), Der.nothing());
            };
        }

        private static SignatureKind of(PublicKey key) {
            if (key instanceof ECPublicKey elliptic) {
                return elliptic.getParams().getCurve().getField().getFieldSize() >= P384_BITS
                        ? ECDSA_SHA384
                        : ECDSA_SHA256;
            }
            if (key instanceof RSAPublicKey) {
                return RSA_SHA256;
            }
            throw new IllegalArgumentException("key: " + key.getAlgorithm() + " (expected: EC or RSA)");
        }
    }
}
