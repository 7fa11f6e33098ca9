package dev.lateen.net.http2;

import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;

/// A stream that could not be opened; its listener is told so in the next turn of the loop.
record RefusedStream(HttpConnection connection) implements ClientStream {
    static RefusedStream on(HttpConnection connection) {
        return new RefusedStream(connection);
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        data.release();
    }

    @Override
    public void sendTrailers(Headers trailers) {}

    @Override
    public void reset(StreamReset reason) {}

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}
}
