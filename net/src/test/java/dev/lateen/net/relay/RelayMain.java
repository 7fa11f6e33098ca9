package dev.lateen.net.relay;

import dev.lateen.net.EventLoops;
import dev.lateen.net.codec.HttpCodecs;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import dev.lateen.net.tls.TlsClientContext;
import dev.lateen.net.tls.TlsClientSpec;
import dev.lateen.net.tls.TlsIdentity;
import dev.lateen.net.tls.TlsParameters;
import dev.lateen.net.tls.TlsServerContext;
import dev.lateen.net.tls.TlsServerSpec;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A bare HTTP relay for measuring the codecs alone: everything goes to one upstream, on one loop.
/// Arguments: `listenPort upstreamPort version(1|2) [certificate.pem key.pem]`; with a certificate both sides are TLS.
final class RelayMain {
    private RelayMain() {}

    static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        InetSocketAddress upstream = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1]));
        HttpVersion version = arguments[2].equals("2") ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1;
        TlsServerContext serverTls = null;
        TlsClientContext clientTls = null;
        if (arguments.length > 3) {
            TlsIdentity identity =
                    TlsIdentity.ofPem(Files.readString(Path.of(arguments[3])), Files.readString(Path.of(arguments[4])));
            String alpn = version == HttpVersion.HTTP_2 ? "h2" : "http/1.1";
            TlsParameters parameters = TlsParameters.DEFAULT.withAlpn(alpn);
            serverTls = TlsServerContext.create(TlsServerSpec.of(identity, parameters));
            clientTls = TlsClientContext.create(TlsClientSpec.insecure(parameters));
        }
        EventLoops loops = EventLoops.create("relay", 1);
        Upstreams upstreams = new Upstreams(loops, upstream, version, clientTls);
        TlsServerContext tls = serverTls;
        Listener listener = Listener.bind(
                loops,
                new InetSocketAddress("127.0.0.1", port),
                ListenOptions.DEFAULT,
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        install(channel, version, upstreams, tls);
                    }
                });
        System.out.println("listening on " + listener.port());
    }

    private static void install(
            Channel channel, HttpVersion version, Upstreams upstreams, @Nullable TlsServerContext tls) {
        if (tls != null) {
            channel.pipeline()
                    .addLast(tls.newHandler(channel.alloc(), Duration.ofSeconds(5)))
                    .addLast(HttpCodecs.serverAfterHandshake(HttpLimits.DEFAULT, connection -> new Relay(upstreams)));
        } else {
            HttpConnection connection =
                    HttpCodecs.server(channel.pipeline(), version, HttpLimits.DEFAULT, _ -> new Relay(upstreams));
            assert connection.channel() == channel;
        }
    }
}
