package dev.lateen.e2e.behaviour;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;

/// Someone who signs tokens, right or wrong.
public record TokenIssuer(
        String keyId, KeyPair rsa, KeyPair curve, KeyPair curve384, KeyPair curve521, KeyPair edwards) {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    public static TokenIssuer create(String keyId) throws GeneralSecurityException {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPairGenerator edwards = KeyPairGenerator.getInstance("Ed25519");
        return new TokenIssuer(
                keyId,
                rsa.generateKeyPair(),
                curve("secp256r1"),
                curve("secp384r1"),
                curve("secp521r1"),
                edwards.generateKeyPair());
    }

    private static KeyPair curve(String name) throws GeneralSecurityException {
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        curve.initialize(new ECGenParameterSpec(name));
        return curve.generateKeyPair();
    }

    /// The public keys, as JSON.
    public String keys() {
        RSAPublicKey key = (RSAPublicKey) rsa.getPublic();
        return """
                {"keys": [{"kty": "oct", "kid": "shared", "k": "AAAA"}, \
                {"kty": "RSA", "kid": "%1$s", "n": "%2$s", "e": "%3$s"}, %4$s, %5$s, %6$s, \
                {"kty": "OKP", "kid": "%1$s-ed", "crv": "Ed25519", "x": "%7$s"}]}""".formatted(
                        keyId,
                        number(key.getModulus(), 256),
                        number(key.getPublicExponent(), 3),
                        point(curve, "ES256", "P-256", 32),
                        point(curve384, "ES384", "P-384", 48),
                        point(curve521, "ES512", "P-521", 66),
                        edwardsPoint());
    }

    private String point(KeyPair pair, String algorithm, String curve, int bytes) {
        ECPublicKey point = (ECPublicKey) pair.getPublic();
        return """
                {"kty": "EC", "kid": "%s", "crv": "%s", "alg": "%s", "x": "%s", "y": "%s"}""".formatted(
                        keyIdFor(algorithm),
                        curve,
                        algorithm,
                        number(point.getW().getAffineX(), bytes),
                        number(point.getW().getAffineY(), bytes));
    }

    private static String number(BigInteger number, int bytes) {
        byte[] raw = number.toByteArray();
        byte[] fixed = new byte[bytes];
        int length = Math.min(raw.length, bytes);
        System.arraycopy(raw, raw.length - length, fixed, bytes - length, length);
        return BASE64.encodeToString(fixed);
    }

    private String edwardsPoint() {
        byte[] encoded = ((EdECPublicKey) edwards.getPublic()).getEncoded();
        return BASE64.encodeToString(java.util.Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    }

    /// A token signed by RS256.
    ///
    /// @param claims JSON without braces
    public String token(String claims) throws GeneralSecurityException {
        return token("RS256", claims);
    }

    /// @param algorithm such as `ES256`
    public String token(String algorithm, String claims) throws GeneralSecurityException {
        return sign(
                "{\"alg\":\"%s\",\"kid\":\"%s\"}".formatted(algorithm, keyIdFor(algorithm)),
                "{" + claims + "}",
                algorithm);
    }

    private String keyIdFor(String algorithm) {
        return switch (algorithm) {
            case "ES256" -> keyId + "-ec";
            case "ES384", "ES512" -> keyId + "-" + algorithm;
            case "EdDSA" -> keyId + "-ed";
            default -> keyId;
        };
    }

    /// @param algorithm of the signature, whatever the header says
    String sign(String header, String payload, String algorithm) throws GeneralSecurityException {
        String signed = encode(header) + "." + encode(payload);
        PrivateKey key = switch (algorithm) {
            case "ES256" -> curve.getPrivate();
            case "ES384" -> curve384.getPrivate();
            case "ES512" -> curve521.getPrivate();
            case "EdDSA" -> edwards.getPrivate();
            default -> rsa.getPrivate();
        };
        String bits = algorithm.substring(2);
        Signature signature = Signature.getInstance(
                switch (algorithm) {
                    case "ES256", "ES384", "ES512" -> "SHA" + bits + "withECDSAinP1363Format";
                    case "EdDSA" -> "Ed25519";
                    case "PS256", "PS384", "PS512" -> "RSASSA-PSS";
                    case "RS384", "RS512" -> "SHA" + bits + "withRSA";
                    default -> "SHA256withRSA";
                });
        if (algorithm.startsWith("PS")) {
            String digest = "SHA-" + bits;
            signature.setParameter(
                    new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), Integer.parseInt(bits) / 8, 1));
        }
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + BASE64.encodeToString(signature.sign());
    }

    static String encode(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
