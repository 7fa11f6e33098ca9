package dev.lateen.control.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.control.keys.KeyFetcher;
import dev.lateen.identity.SpiffeId;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tokens of an issuer that serves its keys over HTTP.
class IssuerTokensIT {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final String CLAIMS = """
            {"iss": "%s", "aud": ["istio-ca"], "sub": "system:serviceaccount:shop:cart", "exp": %d,
             "kubernetes.io": {"namespace": "shop", "pod": {"name": "cart-1"}}}""";

    private final KeyFetcher fetcher = new KeyFetcher();
    private Instant now = Instant.parse("2026-05-01T12:00:00Z");
    private HttpServer server;
    private KeyPair rsa;
    private KeyPair curve;
    private String keys = "";
    private int fetched;

    @BeforeEach
    void start() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        rsa = generator.generateKeyPair();
        KeyPairGenerator elliptic = KeyPairGenerator.getInstance("EC");
        elliptic.initialize(new ECGenParameterSpec("secp256r1"));
        curve = elliptic.generateKeyPair();
        keys = "{\"keys\": [" + rsaKey("one", rsa) + "," + curveKey("two", curve) + "]}";
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/.well-known/openid-configuration", exchange -> {
            try (exchange) {
                byte[] body = ("{\"jwks_uri\": \"" + issuer() + "/keys\"}").getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.createContext("/keys", exchange -> {
            try (exchange) {
                fetched++;
                byte[] body = keys.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(keys.isEmpty() ? 503 : 200, Math.max(1, body.length));
                exchange.getResponseBody().write(body.length == 0 ? new byte[1] : body);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        fetcher.close();
    }

    private String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private IssuerTokens tokens() {
        return new IssuerTokens(
                new IssuerTokens.Rule(issuer(), Optional.empty(), List.of("istio-ca")),
                "cluster.local",
                () -> now,
                fetcher);
    }

    private String claims() {
        return CLAIMS.formatted(issuer(), now.getEpochSecond() + 600);
    }

    private static String rsaKey(String name, KeyPair pair) {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        return "{\"kty\": \"RSA\", \"kid\": \"%s\", \"n\": \"%s\", \"e\": \"%s\"}"
                .formatted(name, number(key.getModulus()), number(key.getPublicExponent()));
    }

    private static String curveKey(String name, KeyPair pair) {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        return "{\"kty\": \"EC\", \"crv\": \"P-256\", \"kid\": \"%s\", \"x\": \"%s\", \"y\": \"%s\"}"
                .formatted(
                        name, number(key.getW().getAffineX()), number(key.getW().getAffineY()));
    }

    private static String number(BigInteger number) {
        return BASE64.encodeToString(number.toByteArray());
    }

    private static String token(String header, String claims, Signature signature) throws GeneralSecurityException {
        String signed = part(header) + "." + part(claims);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + BASE64.encodeToString(signature.sign());
    }

    private static String part(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Signature by(String algorithm, KeyPair pair) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(pair.getPrivate());
        return signature;
    }

    private String rs256(String claims) throws GeneralSecurityException {
        return token("{\"alg\": \"RS256\", \"kid\": \"one\"}", claims, by("SHA256withRSA", rsa));
    }

    private static void unknown(TokenVerdict verdict, String words) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        TokenVerdict.Unknown.class,
                        unknown -> assertThat(unknown.reason()).contains(words));
    }

    @Test
    void knowsTheAccountAndThePodBySignaturesOfBothKinds() throws Exception {
        TokenVerdict.Known expected = new TokenVerdict.Known(new SpiffeId("cluster.local", "shop", "cart"), "cart-1");
        String es256 =
                token("{\"alg\": \"ES256\", \"kid\": \"two\"}", claims(), by("SHA256withECDSAinP1363Format", curve));

        assertThat(tokens().authenticate(rs256(claims()))).isEqualTo(expected);
        assertThat(tokens().authenticate(es256)).isEqualTo(expected);
    }

    @Test
    void refusesWhatTheClaimsDoNotAllow() throws Exception {
        IssuerTokens tokens = tokens();

        unknown(tokens.authenticate(rs256(claims().replace("istio-ca", "elsewhere"))), "another audience");
        unknown(tokens.authenticate(rs256(claims().replace(issuer(), "https://elsewhere"))), "another issuer");
        unknown(tokens.authenticate(rs256(claims().replace("system:serviceaccount:", ""))), "no service account");
        unknown(
                tokens.authenticate(
                        rs256(claims().replace("\"exp\"", "\"nbf\": " + (now.getEpochSecond() + 900) + ", \"exp\""))),
                "not valid before");
        String brief = rs256(claims());
        now = now.plusSeconds(700);
        unknown(tokens.authenticate(brief), "expired");
    }

    @Test
    void refusesForgedSignatures() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair other = generator.generateKeyPair();

        unknown(
                tokens().authenticate(
                                token("{\"alg\": \"RS256\", \"kid\": \"one\"}", claims(), by("SHA256withRSA", other))),
                "signature is not of issuer");
        unknown(tokens().authenticate(part("{\"alg\": \"none\"}") + "." + part(claims()) + "."), "signed by none");
        unknown(tokens().authenticate(part("{\"alg\": \"HS256\"}") + "." + part(claims()) + ".AAAA"), "HS256");
    }

    @Test
    void fetchesTheKeysAnewForAnUnknownNameButNotForEachToken() throws Exception {
        IssuerTokens tokens = tokens();
        tokens.authenticate(rs256(claims()));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair next = generator.generateKeyPair();
        keys = "{\"keys\": [" + rsaKey("three", next) + "]}";
        now = now.plusSeconds(11);
        String token = token("{\"alg\": \"RS256\", \"kid\": \"three\"}", claims(), by("SHA256withRSA", next));

        assertThat(tokens.authenticate(token)).isInstanceOf(TokenVerdict.Known.class);
        for (int i = 0; i < 10; i++) {
            tokens.authenticate(rs256(claims()));
        }

        assertThat(fetched).isEqualTo(2);
    }

    @Test
    void keepsTheLastGoodKeysWhileTheIssuerIsAway() throws Exception {
        IssuerTokens tokens = tokens();
        assertThat(tokens.authenticate(rs256(claims()))).isInstanceOf(TokenVerdict.Known.class);

        keys = "";
        now = now.plusSeconds(3600);

        assertThat(tokens.authenticate(rs256(claims()))).isInstanceOf(TokenVerdict.Known.class);
        assertThat(fetched).isEqualTo(2);
    }

    @Test
    void takesKeysFromElsewhereByHttpsAlone() {
        assertThatThrownBy(() -> new IssuerTokens.Rule(
                        "https://issuer", Optional.of("http://keys.example.com/"), List.of("istio-ca")))
                .hasMessageContaining("expected: an address of HTTPS");
    }
}
