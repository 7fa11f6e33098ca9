package dev.lateen.control.trust;

import dev.lateen.identity.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The authorities of a trust domain, as trust domains tell each other: a set of JSON web keys.
///
/// Limits: 100 authorities. Source: SPIFFE Trust Domain and Bundle §4, X509-SVID §6; RFC 7517, RFC 7518 §6.
///
/// Thread: any.
///
/// @param refresh how soon its domain wants it to be fetched again
public record SpiffeBundle(List<X509Certificate> authorities, Optional<Duration> refresh) {
    private static final int MOST = 100;
    private static final Duration OWN_REFRESH = Duration.ofMinutes(5);
    private static final String USE = "x509-svid";
    private static final JsonMapper JSON = new JsonMapper();

    public SpiffeBundle {
        authorities = List.copyOf(authorities);
    }

    /// Our own, to be fetched again soon enough for a rotation of the root.
    public static SpiffeBundle of(List<X509Certificate> authorities) {
        return new SpiffeBundle(authorities, Optional.of(OWN_REFRESH));
    }

    /// Keys for other uses are skipped.
    ///
    /// Errors: `IOException` that says what is wrong; a bundle with one bad authority is no bundle.
    public static SpiffeBundle parse(String text) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new IOException("not JSON (expected: a SPIFFE bundle)", e);
        }
        List<X509Certificate> authorities = new ArrayList<>();
        for (JsonNode key : root.path("keys")) {
            if (key.path("use").asString("").equals(USE)) {
                authorities.add(authority(key.path("x5c")));
            }
        }
        if (authorities.isEmpty() || authorities.size() > MOST) {
            throw new IOException(authorities.size() + " keys with use " + USE
                    + " (expected: a SPIFFE bundle with 1 to " + MOST + ")");
        }
        long hint = root.path("spiffe_refresh_hint").asLong(0);
        return new SpiffeBundle(authorities, hint > 0 ? Optional.of(Duration.ofSeconds(hint)) : Optional.empty());
    }

    private static X509Certificate authority(JsonNode chain) throws IOException {
        if (chain.size() != 1) {
            throw new IOException("x5c: " + chain.size() + " certificates (expected: 1)");
        }
        try {
            X509Certificate found =
                    Pem.certificate(Base64.getDecoder().decode(chain.get(0).asString("")));
            if (found.getBasicConstraints() < 0) {
                throw new IOException("x5c: the certificate is not an authority's (expected: CA:TRUE)");
            }
            return found;
        } catch (IllegalArgumentException e) {
            throw new IOException("x5c: no certificate in Base64 of DER", e);
        }
    }

    public String pem() {
        return Pem.encode(authorities);
    }

    public String json() {
        ObjectNode root = JSON.createObjectNode();
        var keys = root.putArray("keys");
        for (X509Certificate authority : authorities) {
            ObjectNode key = keys.addObject().put("use", USE);
            describe(key, authority);
            try {
                key.putArray("x5c").add(Base64.getEncoder().encodeToString(authority.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException("an authority without an encoding", e);
            }
        }
        refresh.ifPresent(hint -> root.put("spiffe_refresh_hint", hint.toSeconds()));
        return root.toString();
    }

    private static void describe(ObjectNode json, X509Certificate authority) {
        switch (authority.getPublicKey()) {
            case ECPublicKey key -> {
                int bits = key.getParams().getCurve().getField().getFieldSize();
                int bytes = (bits + 7) / 8;
                json.put("kty", "EC")
                        .put("crv", "P-" + bits)
                        .put("x", number(key.getW().getAffineX(), bytes))
                        .put("y", number(key.getW().getAffineY(), bytes));
            }
            case RSAPublicKey key ->
                json.put("kty", "RSA")
                        .put("n", number(key.getModulus(), (key.getModulus().bitLength() + 7) / 8))
                        .put(
                                "e",
                                number(
                                        key.getPublicExponent(),
                                        (key.getPublicExponent().bitLength() + 7) / 8));
            case java.security.PublicKey key -> json.put("kty", key.getAlgorithm());
        }
    }

    /// Big-endian, as long as the field that it is of.
    private static String number(BigInteger value, int length) {
        byte[] bytes = value.toByteArray();
        byte[] field = new byte[length];
        int taken = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - taken, field, length - taken, taken);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(field);
    }
}
