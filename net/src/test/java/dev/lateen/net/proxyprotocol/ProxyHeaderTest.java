package dev.lateen.net.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.proxyprotocol.ProxyHeaderParser.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final ProxyHeader V4 =
            new ProxyHeader(new InetSocketAddress("192.0.2.1", 5678), new InetSocketAddress("198.51.100.2", 443));
    private static final ProxyHeader V6 =
            new ProxyHeader(new InetSocketAddress("2001:db8::1", 5678), new InetSocketAddress("2001:db8::2", 443));
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private final ProxyHeaderParser parser = new ProxyHeaderParser();

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static ByteBuf hex(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
    }

    private Outcome read(ByteBuf bytes) {
        try {
            return parser.read(bytes);
        } finally {
            bytes.release();
        }
    }

    @Test
    void readsWhatItWrites() {
        for (ProxyHeader header : List.of(V4, V6)) {
            assertThat(read(ProxyHeader.version1(header, UnpooledByteBufAllocator.DEFAULT)))
                    .isEqualTo(Outcome.VERSION_1);
            assertThat(parser.header()).isEqualTo(header);
            ByteBuf second = ProxyHeader.version2(
                    header, List.of(new ProxyHeader.Tlv(0xe0, new byte[] {1, 2, 3})), UnpooledByteBufAllocator.DEFAULT);
            int length = second.readableBytes();
            assertThat(read(second)).isEqualTo(Outcome.VERSION_2);
            assertThat(parser.header()).isEqualTo(header);
            assertThat(parser.length()).isEqualTo(length);
        }
    }

    @Test
    void knowsConnectionsOfTheProxyItself() {
        assertThat(read(ProxyHeader.version1(null, UnpooledByteBufAllocator.DEFAULT)))
                .isEqualTo(Outcome.VERSION_1);
        assertThat(parser.header()).isNull();
        assertThat(read(ProxyHeader.version2(null, List.of(), UnpooledByteBufAllocator.DEFAULT)))
                .isEqualTo(Outcome.VERSION_2);
        assertThat(parser.header()).isNull();
    }

    @Test
    void waitsForEveryByteOfAHeader() {
        ByteBuf whole = ProxyHeader.version2(V4, List.of(), UnpooledByteBufAllocator.DEFAULT);
        for (int length = 0; length < whole.readableBytes(); length++) {
            assertThat(new ProxyHeaderParser().read(whole.slice(0, length))).isEqualTo(Outcome.NEED_MORE);
        }
        whole.release();
        ByteBuf line = ProxyHeader.version1(V4, UnpooledByteBufAllocator.DEFAULT);
        for (int length = 0; length < line.readableBytes(); length++) {
            assertThat(new ProxyHeaderParser().read(line.slice(0, length))).isEqualTo(Outcome.NEED_MORE);
        }
        line.release();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n", "PROXX", "PRI * HTTP/2.0", "\r\n\r\n\rX"})
    void leavesOtherBytesAlone(String text) {
        assertThat(read(text(text))).isEqualTo(Outcome.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n",
                "PROXY TCP4 1.2.3.4 ::1 1 2\r\n",
                "PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3.400 5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 -1 2\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8  1 2\r\n",
                "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n",
                "PROXY \r\n"
            })
    void refusesBrokenLines(String line) {
        assertThat(read(text(line))).isEqualTo(Outcome.MALFORMED);
    }

    @Test
    void refusesLinesThatDoNotEnd() {
        assertThat(read(text("PROXY TCP4 " + "1".repeat(107)))).isEqualTo(Outcome.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3111000c", // version 3
                "2211000c", // command 2
                "2111000b", // too short for IPv4
                "21210023", // too short for IPv6
                "2112000c", // UDP
                "213100d8", // socket files
                "2111ffff", // longer than 16 KiB
            })
    void refusesBrokenHeads(String head) {
        assertThat(read(hex(SIGNATURE + head))).isEqualTo(Outcome.MALFORMED);
    }
}
