package dev.lateen.net.http1;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;

/// Stands in where nobody listens (yet): it lets data go.
enum SilentListener implements StreamListener {
    INSTANCE;

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
}
