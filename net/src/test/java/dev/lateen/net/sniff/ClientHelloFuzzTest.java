package dev.lateen.net.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// First bytes of a connection from any client. Inputs found so far are in `ClientHelloFuzzTestInputs`.
class ClientHelloFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void looksAtAnyBytesWithoutTakingThem(byte[] first) {
        ByteBuf bytes = Unpooled.wrappedBuffer(first);

        ClientHelloSniffer.sniff(bytes);

        assertThat(bytes.readableBytes()).isEqualTo(first.length);
    }
}
