package dev.lateen.bench.sidebyside;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Tokens of one issuer, each of another user, and the issuer's keys.
///
/// @param jwks as JSON
record Tokens(String jwks, List<String> all) {
    static final String ISSUER = "issuer.example";
    /// Many times what our cache of verified tokens holds; used one after the other, none of them is found there.
    private static final int COUNT = 4096;

    private static final Map<Algorithm, Tokens> MADE = new EnumMap<>(Algorithm.class);

    /// RSA of 2048 bits, or P-256.
    enum Algorithm {
        RS256,
        ES256
    }

    static synchronized Tokens of(Algorithm algorithm) {
        return MADE.computeIfAbsent(algorithm, Tokens::make);
    }

    /// One token a line.
    Path writeTo(Path file) throws IOException {
        return Files.write(file, all);
    }

    private static Tokens make(Algorithm algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm == Algorithm.RS256 ? "RSA" : "EC");
            generator.initialize(algorithm == Algorithm.RS256 ? 2048 : 256);
            KeyPair pair = generator.generateKeyPair();
            Signature signer = Signature.getInstance(
                    algorithm == Algorithm.RS256 ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
            signer.initSign(pair.getPrivate());
            List<String> all = new ArrayList<>();
            for (int index = 0; index < COUNT; index++) {
                all.add(token(algorithm, index, signer));
            }
            return new Tokens("{\"keys\":[" + key(pair) + "]}", List.copyOf(all));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String token(Algorithm algorithm, int index, Signature signer) throws GeneralSecurityException {
        String signed = base64(("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\",\"kid\":\"k1\"}")
                        .getBytes(StandardCharsets.UTF_8))
                + "."
                + base64(("{\"iss\":\"" + ISSUER + "\",\"sub\":\"user-" + index
                                + "\",\"aud\":[\"shop\",\"cart\"],\"iat\":1700000000,\"exp\":4000000000,"
                                + "\"groups\":[\"buyers\",\"testers\"],\"scope\":\"read write\",\"email\":\"user-"
                                + index
                                + "@example.com\"}")
                        .getBytes(StandardCharsets.UTF_8));
        signer.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + base64(signer.sign());
    }

    private static String key(KeyPair pair) {
        return switch (pair.getPublic()) {
            case RSAPublicKey rsa ->
                "{\"kty\":\"RSA\",\"kid\":\"k1\",\"alg\":\"RS256\",\"n\":\"" + base64(unsigned(rsa.getModulus(), 256))
                        + "\",\"e\":\"" + base64(unsigned(rsa.getPublicExponent(), 3)) + "\"}";
            case ECPublicKey curve ->
                "{\"kty\":\"EC\",\"kid\":\"k1\",\"alg\":\"ES256\",\"crv\":\"P-256\",\"x\":\""
                        + base64(unsigned(curve.getW().getAffineX(), 32)) + "\",\"y\":\""
                        + base64(unsigned(curve.getW().getAffineY(), 32)) + "\"}";
            default -> throw new IllegalStateException("a key of no kind that is used here");
        };
    }

    private static byte[] unsigned(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[length];
        int count = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - count, fixed, length - count, count);
        return fixed;
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
