package dev.lateen.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.net.EventLoops;
import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.downstream.ChainHandler;
import dev.lateen.proxy.downstream.Direction;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.overload.Admission;
import dev.lateen.proxy.overload.ConnectionLimits;
import dev.lateen.proxy.overload.Overload;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tls.Secrets;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Listeners that change while connections are open.
class ListenersIT {
    private static final Duration DRAIN_TIME = Duration.ofMillis(300);

    private final EventLoops loops = EventLoops.create("worker", 1);
    private final EventLoops chores = EventLoops.create("chores", 1);
    private final Listeners listeners = new Listeners(new ListenerEnvironment(
            loops,
            chores.at(0),
            new Secrets(),
            new Greeters(),
            new Stats(),
            DRAIN_TIME,
            new Admission(ConnectionLimits.standard(), Overload.none(), new Stats())));

    /// Serves a chain by saying its name, then whatever is asked of it to drain, and keeping the connection open.
    private static final class Greeters implements ChainHandlers {
        @Override
        public ChainHandler create(ListenerConfig listener, FilterChainConfig chain) {
            return new ChainHandler() {
                @Override
                public void serve(DownstreamConnection connection) {
                    say(connection, chain.name() + "\n");
                    connection.onDrain(_ -> say(connection, "drain\n"));
                }

                @Override
                public void refused(DownstreamConnection connection, StreamInfo info) {}

                @Override
                public void close() {}
            };
        }

        private static void say(DownstreamConnection connection, String text) {
            connection.channel().writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        }

        @Override
        public List<AccessLogger> loggers(ListenerConfig listener) {
            return List.of();
        }
    }

    @AfterEach
    void stop() throws Exception {
        onChores(() -> {
            listeners.close();
            return true;
        });
        loops.close();
        chores.close();
    }

    private <T> T onChores(Callable<T> action) throws Exception {
        return chores.at(0).submit(action).get();
    }

    private static ListenerConfig listener(String name, int port, String... chains) {
        List<FilterChainConfig> configs = java.util.Arrays.stream(chains)
                .map(chain -> new FilterChainConfig(
                        chain,
                        new FilterChainMatch(
                                java.util.OptionalInt.empty(),
                                List.of(),
                                chain.equals(chains[0]) ? List.of() : List.of(chain),
                                "",
                                List.of(),
                                FilterChainMatch.SourceMatch.ALL),
                        List.of(),
                        Duration.ZERO,
                        List.of(),
                        chain))
                .toList();
        return new ListenerConfig(
                name,
                new ListenerConfig.SocketConfig(
                        List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)),
                        true,
                        false,
                        16,
                        1 << 20),
                false,
                Direction.UNSPECIFIED,
                new ListenerConfig.ListenerFilters(
                        false,
                        OptionalInt.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Duration.ZERO,
                        false),
                configs,
                Optional.empty(),
                List.of(),
                String.join(",", chains));
    }

    private Optional<String> put(ListenerConfig config) throws Exception {
        return onChores(() -> listeners.put(config));
    }

    private Socket connect(String listener) throws Exception {
        InetSocketAddress address =
                (InetSocketAddress) onChores(() -> listeners.addresses(listener).getFirst());
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /// Empty at the connection's end.
    private static String line(Socket socket) throws Exception {
        StringBuilder line = new StringBuilder();
        for (int one = socket.getInputStream().read();
                one >= 0 && one != '\n';
                one = socket.getInputStream().read()) {
            line.append((char) one);
        }
        return line.toString();
    }

    @Test
    void keepsSocketAndConnectionsOfChainsThatStay() throws Exception {
        assertThat(put(listener("a", 0, "one"))).isEmpty();
        List<?> before = onChores(() -> listeners.addresses("a"));
        try (Socket socket = connect("a")) {
            assertThat(line(socket)).isEqualTo("one");
            assertThat(put(listener("a", 0, "one", "two"))).isEmpty();
            assertThat(onChores(() -> listeners.addresses("a"))).isEqualTo(before);
            assertThat(put(listener("a", 0, "three"))).isEmpty();
            assertThat(line(socket)).as("only now").isEqualTo("drain");
        }
    }

    @Test
    void drainsAndThenClosesConnectionsOfChangedChains() throws Exception {
        put(listener("a", 0, "old"));
        try (Socket socket = connect("a")) {
            assertThat(line(socket)).isEqualTo("old");
            put(listener("a", 0, "new"));
            assertThat(line(socket)).isEqualTo("drain");
            try (Socket next = connect("a")) {
                assertThat(line(next)).isEqualTo("new");
            }
            assertThat(line(socket)).as("closed when its time is over").isEmpty();
        }
    }

    @Test
    void drainsRemovedListenersAndStopsAccepting() throws Exception {
        put(listener("a", 0, "one"));
        InetSocketAddress address =
                (InetSocketAddress) onChores(() -> listeners.addresses("a").getFirst());
        try (Socket socket = connect("a")) {
            assertThat(line(socket)).isEqualTo("one");
            onChores(() -> {
                listeners.remove("a");
                return true;
            });
            assertThat(line(socket)).isEqualTo("drain");
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            try (Socket _ = new Socket(address.getAddress(), address.getPort())) {
                return false;
            } catch (java.net.ConnectException _) {
                return true;
            }
        });
    }

    @Test
    void saysWhichAddressIsInUseAndServesTheOthers() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            put(listener("good", 0, "good"));
            assertThat(put(listener("bad", taken.getLocalPort(), "bad")).orElse(""))
                    .contains("listener 'bad'", "127.0.0.1:" + taken.getLocalPort(), "in use");
            assertThat(onChores(() -> listeners.addresses("bad"))).isEmpty();
        }
        try (Socket socket = connect("good")) {
            assertThat(line(socket)).isEqualTo("good");
        }
    }

    @Test
    void keepsTheOldListenerWhereTheNewAddressIsInUse() throws Exception {
        put(listener("a", 0, "old"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = connect("a")) {
            assertThat(line(socket)).isEqualTo("old");
            assertThat(put(listener("a", taken.getLocalPort(), "new"))).isPresent();
            try (Socket next = connect("a")) {
                assertThat(line(next)).isEqualTo("old");
            }
        }
    }
}
