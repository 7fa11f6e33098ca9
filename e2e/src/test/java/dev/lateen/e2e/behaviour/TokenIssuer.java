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
public record TokenIssuer(String keyId, KeyPair rsa, KeyPair curve, KeyPair edwards) {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    public static TokenIssuer create(String keyId) throws GeneralSecurityException {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        curve.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPairGenerator edwards = KeyPairGenerator.getInstance("Ed25519");
        return new TokenIssuer(keyId, rsa.generateKeyPair(), curve.generateKeyPair(), edwards.generateKeyPair());
    }

    /// The public keys, as JSON.
    public String keys() {
        RSAPublicKey key = (RSAPublicKey) rsa.getPublic();
        ECPublicKey point = (ECPublicKey) curve.getPublic();
        return """
                {"keys": [{"kty": "oct", "kid": "shared", "k": "AAAA"},
                 {"kty": "RSA", "kid": "%1$s", "n": "%2$s", "e": "%3$s"},
                 {"kty": "EC", "kid": "%1$s-ec", "crv": "P-256", "alg": "ES256", "x": "%4$s", "y": "%5$s"},
                 {"kty": "OKP", "kid": "%1$s-ed", "crv": "Ed25519", "x": "%6$s"}]}""".formatted(
                        keyId,
                        number(key.getModulus(), 256),
                        number(key.getPublicExponent(), 3),
                        number(point.getW().getAffineX(), 32),
                        number(point.getW().getAffineY(), 32),
                        edwardsPoint());
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

    String token(String algorithm, String claims) throws GeneralSecurityException {
        String suffix = switch (algorithm) {
            case "ES256" -> "-ec";
            case "EdDSA" -> "-ed";
            default -> "";
        };
        return sign(
                "{\"alg\":\"%s\",\"kid\":\"%s\"}".formatted(algorithm, keyId + suffix), "{" + claims + "}", algorithm);
    }

    /// @param algorithm of the signature, whatever the header says
    String sign(String header, String payload, String algorithm) throws GeneralSecurityException {
        String signed = encode(header) + "." + encode(payload);
        PrivateKey key = switch (algorithm) {
            case "ES256" -> curve.getPrivate();
            case "EdDSA" -> edwards.getPrivate();
            default -> rsa.getPrivate();
        };
        Signature signature = Signature.getInstance(
                switch (algorithm) {
                    case "ES256" -> "SHA256withECDSAinP1363Format";
                    case "EdDSA" -> "Ed25519";
                    case "PS256" -> "RSASSA-PSS";
                    case "RS512" -> "SHA512withRSA";
                    default -> "SHA256withRSA";
                });
        if (algorithm.equals("PS256")) {
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        }
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + BASE64.encodeToString(signature.sign());
    }

    static String encode(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
