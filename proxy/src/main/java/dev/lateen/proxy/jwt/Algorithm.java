package dev.lateen.proxy.jwt;

import com.amazon.corretto.crypto.provider.RuntimeCryptoException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// How a token may be signed. Only with keys that have a public half: a shared secret does not belong into a mesh's
/// configuration, and `none` is no signature.
///
/// Source: RFC 7518 §3.1, RFC 8037 §3.1.
///
/// Differs: HS256, HS384 and HS512 are not supported.
enum Algorithm {
    RS256("SHA256withRSA", null, 0),
    RS384("SHA384withRSA", null, 0),
    RS512("SHA512withRSA", null, 0),
    PS256("RSASSA-PSS", pss("SHA-256", MGF1ParameterSpec.SHA256, 32), 0),
    PS384("RSASSA-PSS", pss("SHA-384", MGF1ParameterSpec.SHA384, 48), 0),
    PS512("RSASSA-PSS", pss("SHA-512", MGF1ParameterSpec.SHA512, 64), 0),
    ES256("SHA256withECDSAinP1363Format", null, 256),
    ES384("SHA384withECDSAinP1363Format", null, 384),
    ES512("SHA512withECDSAinP1363Format", null, 521),
    EdDSA("Ed25519", null, 0);

    private final String javaName;

    @SuppressWarnings("ImmutableEnumChecker") // has no setters
    private final @Nullable AlgorithmParameterSpec parameters;

    private final int curveBits;

    Algorithm(String javaName, @Nullable AlgorithmParameterSpec parameters, int curveBits) {
        this.javaName = javaName;
        this.parameters = parameters;
        this.curveBits = curveBits;
    }

    private static PSSParameterSpec pss(String digest, MGF1ParameterSpec mask, int salt) {
        return new PSSParameterSpec(digest, "MGF1", mask, salt, PSSParameterSpec.TRAILER_FIELD_BC);
    }

    /// Null where it is none of these.
    static @Nullable Algorithm named(String name) {
        for (Algorithm algorithm : values()) {
            if (algorithm.name().equals(name)) {
                return algorithm;
            }
        }
        return null;
    }

    private boolean fits(PublicKey key) {
        return switch (this) {
            case RS256, RS384, RS512, PS256, PS384, PS512 -> key instanceof RSAPublicKey;
            case ES256, ES384, ES512 ->
                key instanceof ECPublicKey curve
                        && curve.getParams().getCurve().getField().getFieldSize() == curveBits;
            case EdDSA -> key instanceof EdECPublicKey;
        };
    }

    /// Whether the signature was made with the private half of this key.
    boolean verifies(PublicKey key, Token.Parts token) {
        if (!fits(key)) {
            return false;
        }
        try {
            Signature verifier = SignatureLibrary.verifier(javaName);
            if (parameters != null) {
                verifier.setParameter(parameters);
            }
            verifier.initVerify(key);
            verifier.update(token.signed().getBytes(StandardCharsets.US_ASCII));
            return verifier.verify(Base64.getUrlDecoder().decode(token.signature()));
        } catch (GeneralSecurityException | RuntimeCryptoException _) {
            // A signature of the wrong length or shape, or a key that the library will not use.
            return false;
        }
    }
}
