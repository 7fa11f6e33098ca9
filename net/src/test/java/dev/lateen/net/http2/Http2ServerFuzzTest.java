package dev.lateen.net.http2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

/// Frames from any client. Inputs found so far are in `Http2ServerFuzzTestInputs`.
class Http2ServerFuzzTest {
    /// A session ends by its own rules, never by an exception, and no stream outlives it.
    @FuzzTest(maxDuration = "60s")
    void takesAnyFramesAfterThePreface(byte[] frames) {
        Counting handler = new Counting();
        EmbeddedChannel channel =
                new EmbeddedChannel(new Http2ServerConnection(HttpLimits.DEFAULT, _ -> handler).handler());
        channel.writeInbound(Unpooled.wrappedBuffer(Frames.preface()));
        channel.writeInbound(Unpooled.copiedBuffer(frames));
        channel.runPendingTasks();
        channel.close();
        channel.runPendingTasks();

        channel.finishAndReleaseAll();
        channel.checkException();
        assertThat(handler.open).isZero();
    }

    private static final class Counting implements ServerHandler, StreamListener {
        private int open;

        @Override
        public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
            if (end) {
                return this;
            }
            open++;
            return new Body(this);
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            data.release();
        }

        @Override
        public void onTrailers(Headers trailers) {}

        @Override
        public void onReset(StreamReset reason, String details) {}

        @Override
        public void onWritabilityChanged(boolean writable) {}

        @Override
        public void onRejected(int status, String details) {}

        @Override
        public void onClosed() {}
    }

    private static final class Body implements StreamListener {
        private final Counting all;
        private boolean ended;

        Body(Counting all) {
            this.all = all;
        }

        private void end() {
            if (!ended) {
                ended = true;
                all.open--;
            }
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            data.release();
            if (end) {
                end();
            }
        }

        @Override
        public void onTrailers(Headers trailers) {
            end();
        }

        @Override
        public void onReset(StreamReset reason, String details) {
            end();
        }

        @Override
        public void onWritabilityChanged(boolean writable) {}
    }
}
