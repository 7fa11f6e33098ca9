package dev.lateen.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
    private final ConnectionFacts facts =
            new ConnectionFacts(new InetSocketAddress("10.0.0.1", 443), new InetSocketAddress("10.0.0.2", 5000));

    private static ByteBuf clientHello(String name) throws Exception {
        return clientHello(name, _ -> {});
    }

    private static ByteBuf clientHello(String name, Consumer<SSLParameters> more) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine(name, 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        parameters.setServerNames(List.of(new SNIHostName(name)));
        more.accept(parameters);
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Unpooled.copiedBuffer(out.flip());
    }

    @Test
    void readsServerNameAndProtocols() throws Exception {
        assertThat(ClientHello.read(clientHello("Shop.Example.com"), facts)).isEqualTo(ClientHello.Result.TLS);
        assertThat(facts.serverName).isEqualTo("shop.example.com");
        assertThat(facts.applicationProtocols).containsExactly("h2", "http/1.1");
    }

    @Test
    void tellsWhetherKeysOnCurvesAreTaken() throws Exception {
        ClientHello.read(clientHello("a.test"), facts);
        assertThat(facts.takesEllipticCurves).isTrue();
        ClientHello.read(
                clientHello("a.test", old -> {
                    old.setProtocols(new String[] {"TLSv1.2"});
                    old.setCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
                }),
                facts);
        assertThat(facts.takesEllipticCurves).as("suites of TLS 1.2").isFalse();
        ClientHello.read(
                clientHello("a.test", old -> {
                    old.setProtocols(new String[] {"TLSv1.2"});
                    old.setCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
                }),
                facts);
        assertThat(facts.takesEllipticCurves).as("others of TLS 1.2").isTrue();
        ClientHello.read(
                clientHello("a.test", rsa -> rsa.setSignatureSchemes(new String[] {"rsa_pss_rsae_sha256"})), facts);
        assertThat(facts.takesEllipticCurves).as("signatures").isFalse();
    }

    @Test
    void needsMoreForEveryBeginning() throws Exception {
        ByteBuf hello = clientHello("a.test");
        for (int length = 1; length < hello.readableBytes(); length++) {
            assertThat(ClientHello.read(hello.slice(0, length), facts)).isEqualTo(ClientHello.Result.NEED_MORE);
        }
    }

    @Test
    void readsOneThatIsSplitOverRecords() throws Exception {
        ByteBuf whole = clientHello("a.test");
        int first = 40;
        int rest = whole.readableBytes() - 5 - first;
        ByteBuf split = Unpooled.buffer();
        split.writeByte(0x16).writeShort(0x0301).writeShort(first).writeBytes(whole, 5, first);
        split.writeByte(0x16).writeShort(0x0301).writeShort(rest).writeBytes(whole, 5 + first, rest);
        assertThat(ClientHello.read(split, facts)).isEqualTo(ClientHello.Result.TLS);
        assertThat(facts.serverName).isEqualTo("a.test");
    }

    @Test
    void neverFailsOnADamagedOne() throws Exception {
        ByteBuf hello = clientHello("a.test");
        for (int index = 5; index < hello.readableBytes(); index++) {
            byte saved = hello.getByte(index);
            hello.setByte(index, 0xff);
            assertThat(ClientHello.read(hello, facts)).isNotNull();
            hello.setByte(index, saved);
        }
    }

    @Test
    void leavesOtherBytesAlone() {
        for (String text : new String[] {"GET / HTTP/1.1\r\n", "SSH-2.0-OpenSSH_9\r\n", "*1\r\n$4\r\nPING\r\n"}) {
            ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
            assertThat(ClientHello.read(bytes, facts)).isEqualTo(ClientHello.Result.NOT_TLS);
            assertThat(bytes.readerIndex()).isZero();
        }
    }
}
