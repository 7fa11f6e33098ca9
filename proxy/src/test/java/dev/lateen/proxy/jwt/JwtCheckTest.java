package dev.lateen.proxy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.StreamInfo;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Requirements, the cache of good tokens, and what goes on to the upstream.
class JwtCheckTest {
    private static final JwtProvider.Output NOTHING =
            new JwtProvider.Output(false, "", false, "", "", List.of(), List.of(), false);
    private static KeyPair pair;
    private static KeySet keys;

    @BeforeAll
    static void makeKeys() throws Exception {
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        keys = new KeySet(List.of(new KeySet.Key("", "", pair.getPublic())));
    }

    private static JwtProvider provider(String issuer, JwtProvider.Output output) {
        return new JwtProvider(
                issuer, issuer, List.of(), 60, List.of(TokenLocation.BEARER), output, new JwtProvider.LocalKeys(keys));
    }

    private static String token(String claims) throws Exception {
        String signed = encode("{\"alg\":\"EdDSA\"}") + "." + encode("{" + claims + "}");
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static RequestHead request(String... tokens) {
        Headers headers = new Headers();
        for (String token : tokens) {
            headers.add("authorization", "Bearer " + token);
        }
        return new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "a", "/", headers);
    }

    @Test
    void forgetsGoodTokensWhenTheKeysChange() throws Exception {
        // Given
        JwtProvider provider = provider("a", NOTHING);
        List<KeySet> current = new ArrayList<>(List.of(keys));
        TokenCache cache = new TokenCache();
        String text = token("\"iss\":\"a\"");
        Token token = new TokenParser().parse(text);
        assertThat(token).isNotNull();
        // When
        use(cache, text, token, current.getFirst());
        // Then
        assertThat(cache.find(text, keys)).isSameAs(token);
        assertThat(cache.find(text, new KeySet(keys.keys()))).isNull();
        assertThat(provider.issuer()).isEqualTo("a");
    }

    @Test
    void remembersOnlySoMuch() throws Exception {
        TokenCache cache = new TokenCache();
        for (int index = 0; index < 2000; index++) {
            String text = token("\"iss\":\"a\",\"n\":" + index);
            use(cache, text, new TokenParser().parse(text), keys);
        }
        assertThat(cache.find(token("\"iss\":\"a\",\"n\":0"), keys)).isNull();
        assertThat(cache.find(token("\"iss\":\"a\",\"n\":1999"), keys)).isNotNull();
        String huge = token("\"iss\":\"" + "a".repeat(5000) + "\"");
        use(cache, huge, new TokenParser().parse(huge), keys);
        assertThat(cache.find(huge, keys)).isNull();
    }

    /// As often as it takes to be remembered.
    private static void use(TokenCache cache, String text, Token token, KeySet by) {
        cache.put(text, token, by);
        cache.put(text, token, by);
    }

    @Test
    void keepsNoTokenThatComesOnceOnly() throws Exception {
        TokenCache cache = new TokenCache();
        String often = token("\"iss\":\"a\",\"sub\":\"often\"");
        use(cache, often, new TokenParser().parse(often), keys);
        String last = "";
        for (int index = 0; index < 600; index++) {
            last = token("\"iss\":\"a\",\"n\":" + index);
            cache.put(last, new TokenParser().parse(last), keys);
        }
        assertThat(cache.find(last, keys)).isNull();
        assertThat(cache.find(often, keys)).isNotNull();
    }

    @Test
    void refusesARememberedTokenOnceItHasExpired() throws Exception {
        JwtProvider provider = provider("a", NOTHING);
        JwtCheck check = new JwtCheck(Map.of("a", new KeySource.Local(keys)));
        RequestHead head = request(token("\"iss\":\"a\",\"exp\":1000"));
        var requirement = new JwtRequirement.Of(provider, List.of());
        for (int use = 0; use < 3; use++) {
            assertThat(check.check(requirement, head, 1060).status()).isEqualTo(JwtStatus.OK);
        }
        assertThat(check.check(requirement, head, 1061).status()).isEqualTo(JwtStatus.EXPIRED);
    }

    @Test
    void doesNotMistakeARememberedTokenForOneOfAnotherIssuer() throws Exception {
        JwtProvider a = provider("a", NOTHING);
        JwtProvider b = provider("b", NOTHING);
        JwtCheck check = new JwtCheck(Map.of("a", new KeySource.Local(keys), "b", new KeySource.Local(keys)));
        RequestHead head = request(token("\"iss\":\"a\""));
        for (int use = 0; use < 3; use++) {
            assertThat(check.check(new JwtRequirement.Of(a, List.of()), head, 0).status())
                    .isEqualTo(JwtStatus.OK);
        }
        assertThat(check.check(new JwtRequirement.Of(b, List.of()), head, 0).status())
                .isEqualTo(JwtStatus.UNKNOWN_ISSUER);
        assertThat(check.check(new JwtRequirement.Of(a, List.of("x")), head, 0).status())
                .isEqualTo(JwtStatus.AUDIENCE_NOT_ALLOWED);
    }

    @Test
    void refusesASecondTokenThatIsNotGood() throws Exception {
        JwtProvider provider = provider("a", NOTHING);
        JwtCheck check = new JwtCheck(Map.of("a", new KeySource.Local(keys)));
        String good = token("\"iss\":\"a\"");
        var outcome = check.check(new JwtRequirement.Of(provider, List.of()), request(good, good + "A"), 0);
        assertThat(outcome.status()).isNotEqualTo(JwtStatus.OK);
        assertThat(outcome.accepted()).isEmpty();
    }

    @Test
    void keepsLineBreaksOfClaimsOutOfHeaders() throws Exception {
        var claims = List.of(
                new JwtProvider.ClaimHeader("x-a", List.of("a")), new JwtProvider.ClaimHeader("x-b", List.of("b")));
        JwtProvider provider = provider("a", new JwtProvider.Output(true, "", false, "", "", claims, List.of(), false));
        JwtCheck check = new JwtCheck(Map.of("a", new KeySource.Local(keys)));
        RequestHead head = request(token("\"iss\":\"a\",\"a\":\"x\\r\\nevil: 1\",\"b\":1.5"));
        var outcome = check.check(new JwtRequirement.Of(provider, List.of()), head, 0);
        TokenOutput.apply(outcome.accepted().getFirst(), head, new StreamInfo());
        assertThat(head.headers().get("x-a")).isNull();
        assertThat(head.headers().get("x-b")).isEqualTo("1.5");
        assertThat(head.headers().get("authorization")).startsWith("Bearer ");
    }

    @Test
    void makesAListOfAClaimOfWords() throws Exception {
        JwtProvider provider = provider(
                "a", new JwtProvider.Output(true, "", false, "p", "", List.of(), List.of("scope", "none"), false));
        JwtCheck check = new JwtCheck(Map.of("a", new KeySource.Local(keys)));
        RequestHead head = request(token("\"iss\":\"a\",\"scope\":\" read   write \",\"none\":\" \""));
        StreamInfo info = new StreamInfo();
        var outcome = check.check(new JwtRequirement.Of(provider, List.of()), head, 0);
        TokenOutput.apply(outcome.accepted().getFirst(), head, info);
        String filter = "envoy.filters.http.jwt_authn";
        assertThat(info.metadata().find(filter, List.of("p", "scope"))).isEqualTo(List.of("read", "write"));
        assertThat(info.metadata().find(filter, List.of("p", "none"))).isEqualTo(List.of(""));
    }

    @Test
    void refusesWhatItDoesNotUnderstandInAHeader() {
        TokenParser parser = new TokenParser();
        assertThat(parser.parse(encode("{\"alg\":\"EdDSA\",\"crit\":[\"b64\"]}") + "." + encode("{}") + ".AAAA"))
                .isNull();
        assertThat(parser.status()).isEqualTo(JwtStatus.HEADER_CRITICAL);
    }

    @Test
    void leavesOutKeysThatAreTooShort() {
        String rsa = "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}]}";
        byte[] modulus = new byte[128];
        modulus[0] = (byte) 0x80;
        modulus[127] = 1;
        KeySet parsed = KeySetParser.parse(
                rsa.formatted(Base64.getUrlEncoder().withoutPadding().encodeToString(modulus)));
        assertThat(parsed).isEqualTo(KeySet.EMPTY);
        assertThat(KeySetParser.parse("{\"keys\":1}")).isNull();
        assertThat(KeySetParser.parse("x")).isNull();
    }
}
