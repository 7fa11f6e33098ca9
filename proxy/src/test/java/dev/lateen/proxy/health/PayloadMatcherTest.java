package dev.lateen.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PayloadMatcherTest {
    private static boolean finds(String text, int piece, String... wanted) {
        PayloadMatcher matcher = new PayloadMatcher(List.of(wanted));
        for (int at = 0; at < text.length(); at += piece) {
            String part = text.substring(at, Math.min(text.length(), at + piece));
            matcher.feed(Unpooled.copiedBuffer(part, StandardCharsets.ISO_8859_1), Long.MAX_VALUE);
        }
        return matcher.isDone();
    }

    @Test
    void findsPayloadsInTheirOrderWhateverLiesBetween() {
        assertThat(finds("..ab..cd..", 1, "ab", "cd")).isTrue();
        assertThat(finds("abcd", 4, "ab", "cd")).isTrue();
        assertThat(finds("..cd..ab..", 10, "ab", "cd")).isFalse();
        assertThat(finds("aab", 1, "ab")).isTrue();
        assertThat(finds("aba", 3, "ab", "ba")).isFalse();
        assertThat(finds("\u00ff\u0000", 1, "\u00ff\u0000")).isTrue();
        assertThat(finds("", 1)).isTrue();
    }

    @Test
    void looksAtNoMoreThanItIsTold() {
        PayloadMatcher matcher = new PayloadMatcher(List.of("cd"));
        matcher.feed(Unpooled.copiedBuffer("abcd", StandardCharsets.ISO_8859_1), 3);
        assertThat(matcher.isDone()).isFalse();
    }

    /// Over two letters, where prefixes repeat.
    @Test
    void agreesWithASearchOfTheWholeText() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            String text = letters(random, random.nextInt(20));
            List<String> wanted = new ArrayList<>();
            for (int index = random.nextInt(3); index >= 0; index--) {
                wanted.add(letters(random, 1 + random.nextInt(5)));
            }
            int at = 0;
            for (String one : wanted) {
                int found = at < 0 ? -1 : text.indexOf(one, at);
                at = found < 0 ? -1 : found + one.length();
            }
            assertThat(finds(text, 1 + random.nextInt(4), wanted.toArray(String[]::new)))
                    .as("%s in %s", wanted, text)
                    .isEqualTo(at >= 0);
        }
    }

    private static String letters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < length; index++) {
            text.append(random.nextBoolean() ? 'a' : 'b');
        }
        return text.toString();
    }
}
