package dev.lateen.net.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.HttpLimits;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// However the bytes of a connection are cut, the same requests come out of them.
class ChunkingPropertiesTest {
    private static final String STREAM = "GET /one HTTP/1.1\r\nHost: a\r\n\r\n"
            + "POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world"
            + "\r\nPOST /three HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5;name=\"value\"\r\nabcde\r\n10\r\n0123456789abcdef\r\n0\r\nX-Trailer: t\r\n\r\n"
            + "PUT /four HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\nconnection: x-a\r\nx-a: 1\r\nx-b:\t2 \r\n\r\n"
            + "BROKEN\r\n\r\n";

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void cuttingDoesNotChangeWhatIsRead(long seed) {
        Random random = new Random(seed);
        RecordingServer server = answering();
        int from = 0;
        while (from < STREAM.length()) {
            int to = Math.min(STREAM.length(), from + 1 + random.nextInt(1 + random.nextInt(60)));
            server.receive(STREAM.substring(from, to));
            from = to;
        }

        assertThat(transcript(server)).isEqualTo(transcript(answering().receive(STREAM)));
    }

    @Test
    void readsAllOfTheSample() {
        assertThat(transcript(answering().receive(STREAM)))
                .containsExactly(
                        "GET http://a/one HTTP/1.1  ",
                        "POST http://a/two HTTP/1.1 hello world ",
                        "POST http://a/three HTTP/1.1 abcde0123456789abcdef trailers[x-trailer: t;]",
                        "PUT http://a/four HTTP/1.1  ",
                        "[400 http1.codec_error]");
    }

    /// Random damage may be refused or be harmless, but never throws, hangs or leaks, and never yields a request that
    /// was not there.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damageIsRefusedOrHarmless(long seed) {
        Random random = new Random(seed);
        StringBuilder damaged = new StringBuilder(STREAM);
        for (int count = 1 + random.nextInt(3); count > 0; count--) {
            damaged.setCharAt(random.nextInt(damaged.length()), (char) random.nextInt(256));
        }
        RecordingServer server = answering().receive(damaged.toString());
        server.channel.close();

        assertThat(server.exchanges).hasSizeLessThanOrEqualTo(4);
        assertThat(server.rejections).hasSizeLessThanOrEqualTo(1);
        assertThat(server.closed).isTrue();
        server.channel.finishAndReleaseAll();
    }

    @Test
    void refusesAHeadThatNeverEnds() {
        HttpLimits limits = new HttpLimits(4096, 100, 1, 65536, 65536, 65536, Duration.ZERO, false, 100, false);
        RecordingServer server = new RecordingServer(limits, _ -> {});
        server.receive("GET / HTTP/1.1\r\nHost: a\r\n");
        for (int index = 0; index < 5000 && server.rejections.isEmpty(); index++) {
            server.receive("x");
        }

        assertThat(server.rejections).containsExactly("431 http1.headers_too_large");
    }

    @Test
    void refusesTooManyFields() {
        RecordingServer server =
                RecordingServer.silent().receive("GET / HTTP/1.1\r\nHost: a\r\n" + "x: y\r\n".repeat(100) + "\r\n");

        assertThat(server.rejections).containsExactly("431 http1.too_many_headers");
    }

    @Test
    void refusesEndlessChunkExtensions() {
        RecordingServer server = RecordingServer.silent()
                .receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + "e".repeat(5000));

        assertThat(server.last().events).contains("http1.chunk_extension_too_large");
    }

    private static RecordingServer answering() {
        return new RecordingServer(HttpLimits.DEFAULT, exchange -> exchange.respond(204, ""));
    }

    private static List<String> transcript(RecordingServer server) {
        List<String> lines = new java.util.ArrayList<>();
        server.exchanges.forEach(exchange -> lines.add(exchange.head + " " + exchange.body + " " + exchange.events));
        lines.add(server.rejections.toString());
        return lines;
    }
}
