package dev.lateen.proxy.tls;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/// Who we are on a connection that we open: the URI name of the certificate of its context, shown or not, as Envoy
/// has it. Its session does not tell where it was resumed, since no certificate is shown then.
///
/// Thread: event loop of the connection.
public final class OwnIdentity {
    private static final AttributeKey<String> URI = AttributeKey.valueOf("lateen.own-identity");

    private OwnIdentity() {}

    /// The URI name, or null on plaintext, without a certificate, or where it has none.
    public static @Nullable String uriOf(Channel channel) {
        return channel.attr(URI).get();
    }

    static void note(Channel channel, String uri) {
        channel.attr(URI).set(uri);
    }
}
