package dev.lateen.net.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.tls.TlsClientContext;
import dev.lateen.net.tls.TlsClientSpec;
import dev.lateen.net.tls.TlsParameters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolSnifferTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "'GET / HTTP/1.1', HTTP_1",
        "'PROPFIND /x?y HTTP/1.0', HTTP_1",
        "'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n', HTTP_2",
        "'PRI * HTTP/2.0\\r\\n', NEED_MORE",
        "'PUT', NEED_MORE",
        "'GET /somewhere', NEED_MORE",
        "'GET / HTTP/2.0', UNKNOWN",
        "'GET\\t/ HTTP/1.1', UNKNOWN",
        "'*1\\r\\n$4\\r\\nPING\\r\\n', UNKNOWN",
        "'SSH-2.0-OpenSSH_9\\r\\n', UNKNOWN",
        "'\\0\\0\\0\\10', UNKNOWN",
    })
    void tellsByTheFirstBytes(String bytes, Sniffed.Plain expected) {
        ByteBuf buffer = Unpooled.copiedBuffer(bytes.translateEscapes(), StandardCharsets.ISO_8859_1);

        assertThat(ProtocolSniffer.sniff(buffer)).isEqualTo(expected);
        assertThat(buffer.readerIndex()).isZero();
    }

    @Test
    void readsServerNameAndAlpnOfARealClientHello() throws Exception {
        ByteBuf hello = clientHello("Shop.Example.com");

        assertThat(ProtocolSniffer.sniff(hello))
                .isEqualTo(new Sniffed.Tls(Optional.of("shop.example.com"), List.of("h2", "http/1.1")));
        hello.release();
    }

    @Test
    void needsMoreForEveryPrefixOfAClientHello() throws Exception {
        ByteBuf hello = clientHello("a");

        for (int length = 0; length < hello.readableBytes(); length++) {
            assertThat(ProtocolSniffer.sniff(hello.slice(0, length))).isEqualTo(Sniffed.Plain.NEED_MORE);
        }
        hello.release();
    }

    @Test
    void readsAClientHelloSplitOverRecords() throws Exception {
        ByteBuf whole = clientHello("a");
        int first = 40;
        int rest = whole.readableBytes() - 5 - first;
        ByteBuf split = Unpooled.buffer();
        split.writeByte(0x16).writeShort(0x0301).writeShort(first).writeBytes(whole, 5, first);
        split.writeByte(0x16).writeShort(0x0301).writeShort(rest).writeBytes(whole, 5 + first, rest);

        assertThat(ProtocolSniffer.sniff(split)).isInstanceOf(Sniffed.Tls.class);
        whole.release();
    }

    @Test
    void neverFailsOnADamagedClientHello() throws Exception {
        ByteBuf hello = clientHello("a.example");
        for (int index = 5; index < hello.readableBytes(); index++) {
            byte saved = hello.getByte(index);
            hello.setByte(index, 0xff);
            assertThat(ProtocolSniffer.sniff(hello)).isNotNull();
            hello.setByte(index, saved);
        }
        hello.release();
    }

    private static ByteBuf clientHello(String name) throws Exception {
        TlsParameters parameters = TlsParameters.DEFAULT.withAlpn("h2", "http/1.1");
        try (TlsClientContext context = TlsClientContext.create(TlsClientSpec.insecure(parameters))) {
            EmbeddedChannel channel = new EmbeddedChannel();
            channel.pipeline().addLast(context.newHandler(channel.alloc(), name, Duration.ZERO));
            ByteBuf hello = Unpooled.buffer();
            ByteBuf part = channel.readOutbound();
            while (part != null) {
                hello.writeBytes(part);
                part.release();
                part = channel.readOutbound();
            }
            channel.finishAndReleaseAll();
            return hello;
        }
    }
}
