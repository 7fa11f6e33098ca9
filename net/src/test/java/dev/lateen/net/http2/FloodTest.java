package dev.lateen.net.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a hostile client may try, frame by frame, and the last thing that it hears.
class FloodTest {
    private static final String REQUEST = "828684410161";

    private final List<String> heard = new ArrayList<>();
    private final StringBuilder answers = new StringBuilder();
    private EmbeddedChannel channel;

    @BeforeEach
    void connect() {
        Http2ServerConnection connection = new Http2ServerConnection(HttpLimits.DEFAULT, _ -> new Silent());
        channel = new EmbeddedChannel(connection.handler());
        channel.writeInbound(Unpooled.wrappedBuffer(Frames.preface()));
        send(Frames.SETTINGS, 0, 0, "");
        receive();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void send(int type, int flags, int id, String hex) {
        if (!channel.isActive()) {
            return;
        }
        byte[] payload = HexFormat.of().parseHex(hex.replace(" ", ""));
        ByteBuf frame = Unpooled.buffer();
        frame.writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(id)
                .writeBytes(payload);
        channel.writeInbound(frame);
    }

    private void receive() {
        channel.runPendingTasks();
        ByteBuf out = channel.readOutbound();
        while (out != null) {
            byte[] bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            out.release();
            answers.append(HexFormat.of().formatHex(bytes));
            out = channel.readOutbound();
        }
    }

    private void assertConnectionEnds(ErrorCode code) {
        receive();
        String error = "%08x".formatted(code.code());
        assertThat(answers.toString()).matches(".*000008070000000000[0-9a-f]{8}" + error + "$");
        assertThat(channel.isActive()).isFalse();
        assertThat(heard).contains("rejected " + code.details());
    }

    @Test
    void endsAFloodOfPings() {
        for (int count = 0; count < 1100; count++) {
            send(Frames.PING, 0, 0, "0000000000000000");
        }

        assertConnectionEnds(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void endsAFloodOfSettings() {
        for (int count = 0; count < 1100; count++) {
            send(Frames.SETTINGS, 0, 0, "");
        }

        assertConnectionEnds(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void endsAFloodOfEmptyData() {
        send(Frames.HEADERS, Frames.END_HEADERS, 1, REQUEST);
        for (int count = 0; count < 1100; count++) {
            send(Frames.DATA, 0, 1, "");
        }

        assertConnectionEnds(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void endsAFloodOfResets() {
        for (int count = 0; count < 220; count++) {
            send(Frames.HEADERS, Frames.END_HEADERS, 1 + 2 * count, REQUEST);
            send(Frames.RST_STREAM, 0, 1 + 2 * count, "00000008");
        }

        assertConnectionEnds(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void endsAFloodOfResetsThatThePeerProvokes() {
        for (int count = 0; count < 220; count++) {
            send(Frames.HEADERS, Frames.END_HEADERS, 1 + 2 * count, REQUEST);
            send(Frames.WINDOW_UPDATE, 0, 1 + 2 * count, "00000000");
        }

        assertConnectionEnds(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void endsAFloodOfEmptyContinuations() {
        send(Frames.HEADERS, 0, 1, REQUEST);
        for (int count = 0; count < 40; count++) {
            send(Frames.CONTINUATION, 0, 1, "");
        }

        assertConnectionEnds(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void endsAHeaderBlockWithoutEnd() {
        send(Frames.HEADERS, 0, 1, REQUEST);
        for (int count = 0; count < 20; count++) {
            send(Frames.CONTINUATION, 0, 1, "00".repeat(16_000));
        }

        assertConnectionEnds(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void refusesStreamsAboveTheLimitAndCarriesOn() {
        for (int count = 0; count <= HttpLimits.DEFAULT.maxConcurrentStreams(); count++) {
            send(Frames.HEADERS, Frames.END_HEADERS, 1 + 2 * count, REQUEST);
        }
        receive();

        assertThat(answers.toString()).endsWith("00000403000000080100000007");
        assertThat(channel.isActive()).isTrue();
    }

    @Test
    void answersAHeadAboveTheLimitWith431() {
        // A field of 4000 bytes that goes into the table, then references to it.
        send(
                Frames.HEADERS,
                Frames.END_HEADERS | Frames.END_STREAM,
                1,
                REQUEST + "400161" + "7fa11e" + "62".repeat(4000) + "be".repeat(100));
        receive();

        assertThat(heard).containsExactly("rejected http2.headers_too_large");
        assertThat(channel.isActive()).isTrue();
    }

    @Test
    void resetsARequestWhoseDataContradictContentLength() {
        send(Frames.HEADERS, Frames.END_HEADERS, 1, REQUEST + "0f0d0135");
        send(Frames.DATA, 0, 1, "000000000000");
        receive();

        assertThat(heard).containsExactly("request /", "reset http2.protocol_error");
        assertThat(answers.toString()).endsWith("00000403000000000100000001");
    }

    @Test
    void readsFramesThatArriveByteByByte() {
        String frame = "000006010500000001" + REQUEST;
        for (byte b : HexFormat.of().parseHex(frame)) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertThat(heard).containsExactly("request /");
    }

    private final class Silent implements ServerHandler {
        @Override
        public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
            heard.add("request " + head.path());
            return new StreamListener() {
                @Override
                public void onData(ByteBuf data, boolean end) {
                    data.release();
                    if (end) {
                        stream.sendHead(new ResponseHead(200, new Headers()), true);
                    }
                }

                @Override
                public void onTrailers(Headers trailers) {}

                @Override
                public void onReset(StreamReset reason, String details) {
                    heard.add("reset " + details);
                }

                @Override
                public void onWritabilityChanged(boolean writable) {}
            };
        }

        @Override
        public void onRejected(int status, String details) {
            heard.add("rejected " + details);
        }

        @Override
        public void onClosed() {}
    }
}
