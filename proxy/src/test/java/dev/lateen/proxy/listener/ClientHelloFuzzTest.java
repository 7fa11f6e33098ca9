package dev.lateen.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;

/// First bytes of a connection from any client. Inputs found so far are in `ClientHelloFuzzTestInputs`.
class ClientHelloFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void looksAtAnyBytesWithoutTakingThem(byte[] first) {
        ByteBuf bytes = Unpooled.wrappedBuffer(first);

        ClientHello.read(
                bytes,
                new ConnectionFacts(new InetSocketAddress("10.0.0.1", 443), new InetSocketAddress("10.0.0.2", 5000)));

        assertThat(bytes.readableBytes()).isEqualTo(first.length);
    }
}
