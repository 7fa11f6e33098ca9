package dev.lateen.net.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.net.http1.RecordingServer.Exchange;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;

/// Heads, bodies and chunks from any client. Inputs found so far are in `Http1ServerFuzzTestInputs`.
class Http1ServerFuzzTest {
    /// What is read must not depend on where the network cuts it. The first byte says where.
    @FuzzTest(maxDuration = "60s")
    void readsTheSameInOnePieceAsInTwo(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        int cut = (input[0] & 0xff) % bytes.length;

        List<String> whole = read(bytes, 0);
        List<String> pieces = read(bytes, cut);

        assertThat(pieces).isEqualTo(whole);
    }

    private static List<String> read(byte[] bytes, int cut) {
        RecordingServer server = RecordingServer.silent();
        receive(server, bytes, 0, cut);
        receive(server, bytes, cut, bytes.length);
        List<String> seen =
                server.exchanges.stream().map(Http1ServerFuzzTest::text).toList();
        server.channel.finishAndReleaseAll();
        return seen;
    }

    private static void receive(RecordingServer server, byte[] bytes, int from, int to) {
        if (to > from && server.channel.isActive()) {
            server.channel.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
            server.channel.runPendingTasks();
        }
    }

    /// The events at the end differ by how much of a broken body came before the breach.
    private static String text(Exchange exchange) {
        return exchange.head + "\n" + exchange.head.headers() + (exchange.ended ? exchange.body : "");
    }
}
