package dev.lateen.net.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.net.proxyprotocol.ProxyHeaderParser.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// First bytes of a connection from any client. Inputs found so far are in `ProxyHeaderFuzzTestInputs`.
class ProxyHeaderFuzzTest {
    /// A header does not depend on what follows it, and is not there before its last byte.
    @FuzzTest(maxDuration = "60s")
    void findsTheSameHeaderWhereverTheNetworkCuts(byte[] first) {
        ByteBuf bytes = Unpooled.wrappedBuffer(first);
        ProxyHeaderParser parser = new ProxyHeaderParser();

        Outcome outcome = parser.read(bytes);

        assertThat(bytes.readableBytes()).isEqualTo(first.length);
        if (outcome == Outcome.VERSION_1 || outcome == Outcome.VERSION_2) {
            assertThat(parser.length()).isBetween(1, first.length);
            ProxyHeaderParser alone = new ProxyHeaderParser();
            assertThat(alone.read(bytes.slice(0, parser.length()))).isEqualTo(outcome);
            assertThat(alone.header()).isEqualTo(parser.header());
            assertThat(new ProxyHeaderParser().read(bytes.slice(0, parser.length() - 1)))
                    .isEqualTo(Outcome.NEED_MORE);
        }
    }
}
