package dev.lateen.control.identity;

import dev.lateen.identity.SpiffeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Issues and checks the tokens by which workloads outside Kubernetes first prove who they are: JWTs (HS256) in the
/// form of Kubernetes' service account tokens, for one audience, and for one pod where that is asked for. Keys and
/// the list of tokens that were taken back are files, and what changes in them counts at once.
///
/// Limits: a token is at most 8 KiB.
///
/// Thread: any.
///
/// Source: RFC 7519, RFC 8725 (one algorithm, the audience checked).
public final class JoinTokens implements TokenAuthenticator {
    static final String ISSUER = "lateen";
    private static final String AUDIENCE = "istio-ca";
    private static final int ID_BYTES = 12;
    private static final int MAX_LENGTH = 8 * 1024;
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final JsonMapper JSON = new JsonMapper();

    private final JoinKeys files;
    private final String trustDomain;
    private final InstantSource clock;
    private volatile Known known;

    /// What was read last.
    private record Known(String stamp, List<JoinKeys.Key> keys, Set<String> revoked) {}

    private JoinTokens(JoinKeys files, String trustDomain, InstantSource clock) throws IOException {
        this.files = files;
        this.trustDomain = trustDomain;
        this.clock = clock;
        this.known = read(files);
    }

    /// Reads the key of `file`, or makes one there.
    public static JoinTokens open(Path file, String trustDomain, InstantSource clock) throws IOException {
        return new JoinTokens(new JoinKeys(file), trustDomain, clock);
    }

    /// A new key signs from now on. Tokens of the one before stay good until they end, or the next time.
    public static void rotateKey(Path file) throws IOException {
        new JoinKeys(file).rotate();
    }

    /// Takes a token back.
    ///
    /// @param id its `jti`
    ///
    /// Errors: `IllegalArgumentException` where no token has such an id.
    public static void revoke(Path file, String id) throws IOException {
        if (!id.matches("[0-9a-f]{" + 2 * ID_BYTES + "}")) {
            throw new IllegalArgumentException(
                    "id: \"" + id + "\" (expected: " + 2 * ID_BYTES + " digits 0 to f, as `create` shows them)");
        }
        new JoinKeys(file).revoke(id);
    }

    /// @param id to take it back by
    public record Issued(String id, String token, Instant end) {
        @Override
        public String toString() {
            return "token " + id + " until " + end + " [redacted]";
        }
    }

    /// A token that proves a service account until its lifetime is over.
    public String issue(String namespace, String serviceAccount, Duration lifetime) {
        return issue(new SpiffeId(trustDomain, namespace, serviceAccount), "", lifetime)
                .token();
    }

    /// @param pod that alone may use it; empty for any
    public Issued issue(SpiffeId id, String pod, Duration lifetime) {
        Instant now = clock.instant();
        Instant end = now.plus(lifetime);
        byte[] random = new byte[ID_BYTES];
        new SecureRandom().nextBytes(random);
        String name = HexFormat.of().formatHex(random);
        ObjectNode claims = JSON.createObjectNode()
                .put("iss", ISSUER)
                .put("sub", ServiceAccounts.subject(id))
                .put("aud", AUDIENCE)
                .put("jti", name)
                .put("iat", now.getEpochSecond())
                .put("exp", end.getEpochSecond());
        if (!pod.isEmpty()) {
            claims.putObject("kubernetes.io").putObject("pod").put("name", pod);
        }
        JoinKeys.Key key = known.keys().getFirst();
        String signed = header(key) + "." + base64(JSON.writeValueAsBytes(claims));
        return new Issued(name, signed + "." + base64(mac(key, signed)), end);
    }

    @Override
    public TokenVerdict authenticate(String token) {
        if (token.length() > MAX_LENGTH) {
            return new TokenVerdict.Unknown("token: longer than " + MAX_LENGTH + " characters");
        }
        int last = token.lastIndexOf('.');
        Known now = current();
        for (JoinKeys.Key key : now.keys()) {
            String header = header(key);
            if (last > header.length() && token.startsWith(header + ".")) {
                return authenticate(now, key, token.substring(0, last), token.substring(last + 1));
            }
        }
        return new TokenVerdict.Unknown("token: not one that this control plane issued, or of a key before the last");
    }

    private TokenVerdict authenticate(Known now, JoinKeys.Key key, String signed, String signature) {
        Optional<byte[]> mac = decode(signature);
        if (mac.isEmpty() || !MessageDigest.isEqual(mac.get(), mac(key, signed))) {
            return new TokenVerdict.Unknown("token: the signature is not of this control plane");
        }
        return decode(signed.substring(signed.indexOf('.') + 1))
                .map(json -> claims(now, json))
                .orElseGet(() -> new TokenVerdict.Unknown("token: its claims cannot be read"));
    }

    private TokenVerdict claims(Known now, byte[] json) {
        try {
            JsonNode claims = JSON.readTree(json);
            if (!claims.path("iss").asString("").equals(ISSUER)
                    || !claims.path("aud").asString("").equals(AUDIENCE)) {
                return new TokenVerdict.Unknown("token: made for another audience");
            }
            Instant expiry = Instant.ofEpochSecond(claims.path("exp").asLong(0));
            if (clock.instant().isAfter(expiry.plus(SKEW))) {
                return new TokenVerdict.Unknown("token: expired at " + expiry);
            }
            String name = claims.path("jti").asString("");
            if (now.revoked().contains(name)) {
                return new TokenVerdict.Unknown("token: " + name + " was taken back");
            }
            return ServiceAccounts.of(
                    claims.path("sub").asString(""),
                    trustDomain,
                    claims.path("kubernetes.io").path("pod").path("name").asString(""));
        } catch (JacksonException _) {
            return new TokenVerdict.Unknown("token: its claims cannot be read");
        }
    }

    /// Files that cannot be read leave what was known.
    private Known current() {
        Known now = known;
        try {
            if (!files.stamp().equals(now.stamp())) {
                now = read(files);
                known = now;
            }
        } catch (IOException _) {
            return now;
        }
        return now;
    }

    private static Known read(JoinKeys files) throws IOException {
        List<JoinKeys.Key> keys = files.read();
        String stamp = files.stamp();
        return new Known(stamp, keys, files.revoked());
    }

    private static String header(JoinKeys.Key key) {
        return base64(("{\"alg\":\"HS256\",\"kid\":\"" + key.name() + "\",\"typ\":\"JWT\"}")
                .getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] mac(JoinKeys.Key key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key.secret());
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Optional<byte[]> decode(String text) {
        try {
            return Optional.of(Base64.getUrlDecoder().decode(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
