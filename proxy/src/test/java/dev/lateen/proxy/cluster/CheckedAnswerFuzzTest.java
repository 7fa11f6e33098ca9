package dev.lateen.proxy.cluster;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.proxy.health.PayloadMatcher;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Any bytes of a host that is checked.
class CheckedAnswerFuzzTest {
    private static final List<String> WANTED = List.of("aab", "ab");

    @FuzzTest
    void isReadWithoutAnException(byte[] answer) {
        boolean serves = GrpcProbe.serves(answer);
        if (serves && answer.length < 2) {
            throw new IllegalStateException("one byte cannot say that it serves");
        }
        boolean whole = found(answer, Math.max(1, answer.length));
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        int first = text.indexOf("aab");
        if (whole != (first >= 0 && text.indexOf("ab", first + 3) >= 0) || whole != found(answer, 1)) {
            throw new IllegalStateException("payloads are found by where the network cuts");
        }
    }

    private static boolean found(byte[] answer, int piece) {
        PayloadMatcher matcher = new PayloadMatcher(WANTED);
        for (int at = 0; at < answer.length; at += piece) {
            matcher.feed(Unpooled.wrappedBuffer(answer, at, Math.min(piece, answer.length - at)), Long.MAX_VALUE);
        }
        return matcher.isDone();
    }
}
