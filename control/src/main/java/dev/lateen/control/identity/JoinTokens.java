package dev.lateen.control.identity;

import dev.lateen.identity.SpiffeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Issues and checks the tokens by which workloads on this machine first prove who they are: JWTs (HS256) in the
/// form of
/// Kubernetes' service account tokens, signed with a key in a file that only the owner can read.
///
/// Limits: a token is at most 8 KiB.
///
/// Thread: any.
///
/// Source: RFC 7519, RFC 8725 (one algorithm, the audience checked).
public final class JoinTokens implements TokenAuthenticator {
    private static final String ISSUER = "lateen";
    private static final String AUDIENCE = "istio-ca";
    private static final String SUBJECT_PREFIX = "system:serviceaccount:";
    private static final int KEY_BYTES = 32;
    private static final int MAX_LENGTH = 8 * 1024;
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final String HEADER = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
    private static final JsonMapper JSON = new JsonMapper();

    private final SecretKeySpec key;
    private final String trustDomain;
    private final InstantSource clock;

    private JoinTokens(byte[] key, String trustDomain, InstantSource clock) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
        this.trustDomain = trustDomain;
        this.clock = clock;
    }

    /// Reads the key of `file`, or makes one there.
    public static JoinTokens open(Path file, String trustDomain, InstantSource clock) throws IOException {
        if (!Files.exists(file)) {
            create(file);
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != KEY_BYTES) {
            throw new IOException(file + ": holds " + key.length + " bytes (expected: " + KEY_BYTES + ")");
        }
        return new JoinTokens(key, trustDomain, clock);
    }

    /// A token that proves a service account until its lifetime is over.
    public String issue(String namespace, String serviceAccount, Duration lifetime) {
        Instant now = clock.instant();
        SpiffeId id = new SpiffeId(trustDomain, namespace, serviceAccount);
        ObjectNode claims = JSON.createObjectNode()
                .put("iss", ISSUER)
                .put("sub", SUBJECT_PREFIX + id.namespace() + ":" + id.serviceAccount())
                .put("aud", AUDIENCE)
                .put("iat", now.getEpochSecond())
                .put("exp", now.plus(lifetime).getEpochSecond());
        String signed = HEADER + "." + base64(JSON.writeValueAsBytes(claims));
        return signed + "." + base64(mac(signed));
    }

    @Override
    public TokenVerdict authenticate(String token) {
        if (token.length() > MAX_LENGTH) {
            return new TokenVerdict.Unknown("token: longer than " + MAX_LENGTH + " characters");
        }
        int last = token.lastIndexOf('.');
        if (last < 0 || !token.startsWith(HEADER + ".") || last <= HEADER.length()) {
            return new TokenVerdict.Unknown("token: not one that this control plane issued");
        }
        String signed = token.substring(0, last);
        Optional<byte[]> signature = decode(token.substring(last + 1));
        if (signature.isEmpty() || !MessageDigest.isEqual(signature.get(), mac(signed))) {
            return new TokenVerdict.Unknown("token: the signature is not of this control plane");
        }
        return decode(signed.substring(HEADER.length() + 1))
                .map(this::claims)
                .orElseGet(() -> new TokenVerdict.Unknown("token: its claims cannot be read"));
    }

    private TokenVerdict claims(byte[] json) {
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
            String subject = claims.path("sub").asString("");
            String[] parts = subject.startsWith(SUBJECT_PREFIX)
                    ? subject.substring(SUBJECT_PREFIX.length()).split(":", -1)
                    : new String[0];
            if (parts.length != 2) {
                return new TokenVerdict.Unknown("token: no service account in it");
            }
            return new TokenVerdict.Known(new SpiffeId(trustDomain, parts[0], parts[1]));
        } catch (JacksonException | IllegalArgumentException _) {
            return new TokenVerdict.Unknown("token: its claims cannot be read");
        }
    }

    private byte[] mac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }

    private static void create(Path file) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        FileAttribute<?>[] mode =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        Path temporary = Files.createTempFile(directory, ".new-", ".key", mode);
        try {
            Files.write(temporary, key);
            // A link, not a move: of two processes that start together, one key wins for both.
            Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException _) {
            // The other one won.
        } finally {
            Files.deleteIfExists(temporary);
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
