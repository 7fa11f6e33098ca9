package dev.lateen.control.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The keys of an issuer whose service account tokens are believed: RSA from 2,048 bits and P-256, as Kubernetes has
/// them. Others of a set are left out.
///
/// Thread: any (immutable).
///
/// Source: RFC 7517, RFC 7518 §3.3, §3.4.
record TokenKeys(List<TokenKeys.Named> keys) {
    static final TokenKeys NONE = new TokenKeys(List.of());
    static final List<String> ALGORITHMS = List.of("RS256", "ES256");
    private static final int MIN_RSA_BITS = 2048;
    private static final int MOST_KEYS = 100;
    private static final JsonMapper JSON = new JsonMapper();

    /// @param name may be empty
    record Named(String name, String algorithm, PublicKey key) {}

    TokenKeys {
        keys = List.copyOf(keys);
    }

    /// Errors: `IOException` where it is no set of keys.
    static TokenKeys parse(String json) throws IOException {
        try {
            List<Named> found = new ArrayList<>();
            for (JsonNode key : JSON.readTree(json).path("keys")) {
                if (found.size() < MOST_KEYS) {
                    read(key).ifPresent(found::add);
                }
            }
            return new TokenKeys(found);
        } catch (JacksonException e) {
            throw new IOException("not a set of keys", e);
        }
    }

    private static Optional<Named> read(JsonNode key) {
        String name = key.path("kid").asString("");
        try {
            return switch (key.path("kty").asString("")) {
                case "RSA" -> {
                    BigInteger modulus = number(key, "n");
                    yield modulus.bitLength() < MIN_RSA_BITS
                            ? Optional.empty()
                            : Optional.of(new Named(
                                    name,
                                    "RS256",
                                    KeyFactory.getInstance("RSA")
                                            .generatePublic(new RSAPublicKeySpec(modulus, number(key, "e")))));
                }
                case "EC" ->
                    key.path("crv").asString("").equals("P-256")
                            ? Optional.of(new Named(
                                    name,
                                    "ES256",
                                    KeyFactory.getInstance("EC")
                                            .generatePublic(new ECPublicKeySpec(
                                                    new ECPoint(number(key, "x"), number(key, "y")), p256()))))
                            : Optional.empty();
                default -> Optional.empty();
            };
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static BigInteger number(JsonNode key, String field) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(key.path(field).asString("")));
    }

    private static ECParameterSpec p256() throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        return parameters.getParameterSpec(ECParameterSpec.class);
    }

    boolean knows(String algorithm, String name) {
        return keys.stream().anyMatch(key -> fits(key, algorithm, name));
    }

    /// A token without a name may be of any key.
    private static boolean fits(Named key, String algorithm, String name) {
        return key.algorithm().equals(algorithm) && (name.isEmpty() || name.equals(key.name()));
    }

    boolean verify(String algorithm, String name, byte[] signed, byte[] signature) {
        return keys.stream().filter(key -> fits(key, algorithm, name)).anyMatch(key -> verify(key, signed, signature));
    }

    private static boolean verify(Named key, byte[] signed, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(
                    key.algorithm().equals("RS256") ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
            verifier.initVerify(key.key());
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }
}
