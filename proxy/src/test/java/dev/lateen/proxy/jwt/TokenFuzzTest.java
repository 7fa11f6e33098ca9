package dev.lateen.proxy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Tokens from any client. Inputs found so far are in `TokenFuzzTestInputs`.
class TokenFuzzTest {
    /// As it comes, and with its lines wrapped as the parts of a token, which fuzzing would hardly do by itself.
    @FuzzTest(maxDuration = "60s")
    void readsATokenOrSaysWhyNot(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        parse(text);
        StringBuilder wrapped = new StringBuilder();
        for (String part : text.split("\n", -1)) {
            wrapped.append(wrapped.isEmpty() ? "" : ".")
                    .append(Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(part.getBytes(StandardCharsets.ISO_8859_1)));
        }
        parse(wrapped.toString());
    }

    private static void parse(String text) {
        TokenParser parser = new TokenParser();
        Token token = parser.parse(text);
        assertThat(token == null).isEqualTo(parser.status() != JwtStatus.OK);
    }
}
