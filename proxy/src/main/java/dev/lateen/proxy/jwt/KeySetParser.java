package dev.lateen.proxy.jwt;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads key sets. Keys of a kind that we do not use, and broken ones, are left out, so that one of them does not take
/// the others away.
///
/// Limits: 100 keys; RSA of 2048 to 8192 bits. Source: RFC 7517 §5, RFC 7518 §6, RFC 8037 §2.
///
/// Differs: RSA keys below 2048 bits are left out, as RFC 7518 §3.3 demands.
final class KeySetParser {
    private static final int MAX_KEYS = 100;
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 8192;

    private KeySetParser() {}

    /// Null where the text is no key set at all.
    static @Nullable KeySet parse(String json) {
        Map<String, Object> set = JsonReader.object(json);
        if (set == null || !(set.get("keys") instanceof List<?> list)) {
            return null;
        }
        List<KeySet.Key> keys = new ArrayList<>();
        for (Object each : list) {
            if (each instanceof Map<?, ?> key && keys.size() < MAX_KEYS) {
                PublicKey made = key(key);
                if (made != null) {
                    keys.add(new KeySet.Key(text(key, "kid"), text(key, "alg"), made));
                }
            }
        }
        return new KeySet(keys);
    }

    private static String text(Map<?, ?> key, String name) {
        return key.get(name) instanceof String text ? text : "";
    }

    private static @Nullable PublicKey key(Map<?, ?> key) {
        if (key.get("use") instanceof String use && !use.equals("sig")) {
            return null;
        }
        try {
            return switch (text(key, "kty")) {
                case "RSA" -> rsa(key);
                case "EC" -> curve(key);
                case "OKP" -> edwards(key);
                default -> null;
            };
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            return null;
        }
    }

    private static BigInteger number(Map<?, ?> key, String name) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(text(key, name)));
    }

    private static @Nullable PublicKey rsa(Map<?, ?> key) throws GeneralSecurityException {
        BigInteger modulus = number(key, "n");
        if (modulus.bitLength() < MIN_RSA_BITS || modulus.bitLength() > MAX_RSA_BITS) {
            return null;
        }
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, number(key, "e")));
    }

    private static @Nullable PublicKey curve(Map<?, ?> key) throws GeneralSecurityException {
        String name = switch (text(key, "crv")) {
            case "P-256" -> "secp256r1";
            case "P-384" -> "secp384r1";
            case "P-521" -> "secp521r1";
            default -> "";
        };
        if (name.isEmpty()) {
            return null;
        }
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(name));
        ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
        ECPoint point = new ECPoint(number(key, "x"), number(key, "y"));
        int bits = curve.getCurve().getField().getFieldSize();
        if (point.getAffineX().bitLength() > bits || point.getAffineY().bitLength() > bits) {
            return null;
        }
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
    }

    private static @Nullable PublicKey edwards(Map<?, ?> key) throws GeneralSecurityException {
        byte[] bytes = Base64.getUrlDecoder().decode(text(key, "x"));
        if (!text(key, "crv").equals("Ed25519") || bytes.length != 32) {
            return null;
        }
        boolean odd = (bytes[31] & 0x80) != 0;
        bytes[31] &= 0x7f;
        byte[] bigEndian = new byte[32];
        for (int index = 0; index < 32; index++) {
            bigEndian[index] = bytes[31 - index];
        }
        EdECPoint point = new EdECPoint(odd, new BigInteger(1, bigEndian));
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
    }
}
