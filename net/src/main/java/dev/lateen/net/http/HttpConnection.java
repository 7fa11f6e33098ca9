package dev.lateen.net.http;

import io.netty.channel.Channel;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What a stream's connection can say of itself.
///
/// Thread: event loop of its channel.
public interface HttpConnection {
    Channel channel();

    HttpVersion version();

    /// The TLS session, or null on plaintext.
    @Nullable
    SSLSession tls();

    /// Refuses new streams and closes once the open ones end: `connection: close` on the next response, or GOAWAY.
    void drain();

    /// Closes now; open streams are reset.
    void close();
}
