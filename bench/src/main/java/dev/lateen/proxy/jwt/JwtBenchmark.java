package dev.lateen.proxy.jwt;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A token signed with RSA of 2048 bits: one that the worker has seen before, and one that it has not.
@State(Scope.Thread)
public class JwtBenchmark {
    private final KeyPair pair = pair();
    private final KeySource keys = new KeySource.Local(new KeySet(List.of(new KeySet.Key("", "", pair.getPublic()))));
    private final JwtCheck check = new JwtCheck(Map.of("a", keys));
    private final JwtRequirement requirement = new JwtRequirement.Of(provider(), List.of());
    private final RequestHead head = request(token());

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private JwtProvider provider() {
        var output = new JwtProvider.Output(false, "", false, "", "", List.of(), List.of(), false);
        var local = new KeySet(List.of(new KeySet.Key("", "", pair.getPublic())));
        return new JwtProvider(
                "a", "a", List.of(), 60, List.of(TokenLocation.BEARER), output, new JwtProvider.LocalKeys(local));
    }

    private String token() {
        String signed = encode("{\"alg\":\"RS256\"}") + "."
                + encode("{\"iss\":\"a\",\"sub\":\"user\",\"aud\":[\"shop\"],\"exp\":4000000000,"
                        + "\"groups\":[\"one\",\"two\"]}");
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(pair.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static RequestHead request(String token) {
        Headers headers = new Headers();
        headers.add("authorization", "Bearer " + token);
        return new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "a", "/", headers);
    }

    @Benchmark
    public JwtStatus seenBefore() {
        return good(check);
    }

    @Benchmark
    public JwtStatus neverSeen() {
        return good(new JwtCheck(Map.of("a", keys)));
    }

    private JwtStatus good(JwtCheck by) {
        JwtStatus status = by.check(requirement, head, 1_000_000_000).status();
        if (status != JwtStatus.OK) {
            throw new IllegalStateException("the token is refused: " + status);
        }
        return status;
    }
}
