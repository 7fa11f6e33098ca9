package dev.lateen.net.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.net.EventLoops;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerIT {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Set<Thread> serving = ConcurrentHashMap.newKeySet();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void servesConnectionsOnEveryLoop(boolean epoll) throws Exception {
        try (EventLoops loops = epoll ? EventLoops.create("l", 2) : EventLoops.nio("l", 2);
                Listener listener = Listener.bind(loops, ANY_PORT, ListenOptions.DEFAULT, echo())) {
            for (int index = 0; index < 64; index++) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                    socket.getOutputStream().write(7);
                    assertThat(socket.getInputStream().read()).isEqualTo(7);
                }
            }
        }
        assertThat(serving).hasSize(2);
    }

    @Test
    void closesConnectionsAboveTheLimit() throws Exception {
        try (EventLoops loops = EventLoops.create("l", 1);
                Listener listener =
                        Listener.bind(loops, ANY_PORT, ListenOptions.DEFAULT.withMaxConnections(1), echo());
                Socket first = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            first.getOutputStream().write(1);
            assertThat(first.getInputStream().read()).isEqualTo(1);
            try (Socket second = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(listener.openConnections()).isEqualTo(1);
            assertThat(listener.refusedConnections()).isEqualTo(1);
        }
    }

    @Test
    void namesTheAddressThatIsInUse() throws Exception {
        try (EventLoops loops = EventLoops.create("l", 1);
                Listener listener = Listener.bind(loops, ANY_PORT, ListenOptions.DEFAULT, echo())) {
            assertThatThrownBy(() -> Listener.bind(loops, listener.address(), ListenOptions.DEFAULT, echo()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on")
                    .hasMessageContaining(Integer.toString(listener.port()));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void speaksOverAUnixDomainSocket(boolean epoll, @TempDir Path folder) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (EventLoops loops = epoll ? EventLoops.create("l", 2) : EventLoops.nio("l", 2);
                Listener listener = Listener.bind(loops, address, ListenOptions.DEFAULT, echo());
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(listener.port()).isZero();
            client.connect(address);
            client.write(ByteBuffer.wrap(new byte[] {5}));
            ByteBuffer answer = ByteBuffer.allocate(1);
            client.read(answer);
            assertThat(answer.get(0)).isEqualTo((byte) 5);

            Channel own = new Connector(loops)
                    .connect(loops.at(0), address, ConnectOptions.DEFAULT, new ChannelInboundHandlerAdapter())
                    .sync()
                    .channel();
            assertThat(own.isActive()).isTrue();
            own.close().sync();
        }
    }

    /// Also where the kernel tracks connections, as beside Docker or Kubernetes: it names the address then.
    @Test
    void knowsThatAnOrdinaryConnectionWasNotRedirected() throws Exception {
        CompletableFuture<Optional<InetSocketAddress>> original = new CompletableFuture<>();
        ChannelInboundHandlerAdapter asking = new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                original.complete(OriginalDestination.of(context.channel()));
            }
        };
        try (EventLoops loops = EventLoops.create("l", 1);
                Listener listener = Listener.bind(loops, ANY_PORT, ListenOptions.DEFAULT, asking);
                Socket client = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            assertThat(client.isConnected()).isTrue();
            assertThat(original.get()).isEqualTo(Optional.empty());
        }
    }

    @Test
    void readsTheKernelsAddressStructures() throws Exception {
        ByteBuffer v4 = ByteBuffer.allocate(16).put(0, new byte[] {2, 0, 0x1f, (byte) 0x90, 10, 1, 2, 3});
        ByteBuffer v6 =
                ByteBuffer.allocate(28).put(0, new byte[] {10, 0, 0, 80}).put(23, (byte) 1);

        assertThat(OriginalDestination.decode(v4, 4, 4)).isEqualTo(new InetSocketAddress("10.1.2.3", 8080));
        assertThat(OriginalDestination.decode(v6, 8, 16)).isEqualTo(new InetSocketAddress("::1", 80));
    }

    private ChannelInitializer<Channel> echo() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        serving.add(Thread.currentThread());
                        ctx.writeAndFlush((ByteBuf) message);
                    }
                });
            }
        };
    }
}
