package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TCP connections that reach their destination by a forward proxy, which is asked by CONNECT.
@ParameterizedClass
@EnumSource(DataPlane.class)
class TunnelIT {
    private static final List<String> ASKED = new CopyOnWriteArrayList<>();
    private static RunningProxy proxy;
    private static ServerSocket forward;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        forward = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(TunnelIT::accept);
        Bootstrap bootstrap = new Bootstrap().cluster("forward", forward.getLocalPort());
        for (String host : List.of("open", "interim", "refused", "garbage", "closed")) {
            bootstrap.listener(
                    host,
                    "filter_chains: [{filters: ["
                            + Bootstrap.tcp(
                                    "cluster: forward, tunneling_config: {hostname: \"%s.test:443\"}".formatted(host))
                            + "]}]");
        }
        proxy = plane.start(bootstrap);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        forward.close();
    }

    private static void accept() {
        while (!forward.isClosed()) {
            try {
                Socket socket = forward.accept();
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String request = in.readLine();
            if (request == null) {
                return;
            }
            StringBuilder head = new StringBuilder(request);
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.append('\n').append(line);
            }
            ASKED.add(head.toString());
            String host = request.split(" ")[1].split("\\.")[0];
            switch (host) {
                case "open" -> talk(socket, in, "HTTP/1.1 200 Connected\r\nvia: test\r\n\r\nfirst ");
                case "interim" -> talk(socket, in, "HTTP/1.1 103 Soon\r\n\r\nHTTP/1.1 200 OK\r\n\r\nfirst ");
                case "refused" -> HttpClient.write(socket, "HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n");
                case "garbage" -> HttpClient.write(socket, "220 mail.test\r\n\r\nhello");
                case "closed" -> socket.close();
                default -> throw new AssertionError(host);
            }
        } catch (IOException _) {
            // The proxy ended it.
        }
    }

    /// Says each line again in upper case.
    private static void talk(Socket socket, BufferedReader in, String answer) throws IOException {
        HttpClient.write(socket, answer);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            HttpClient.write(socket, line.toUpperCase(Locale.ROOT) + "\n");
        }
    }

    /// What comes back until the first line ends, or the connection.
    private static String ask(String listener) throws IOException {
        try (Socket socket = proxy.connect(listener)) {
            HttpClient.write(socket, "hello\n");
            StringBuilder all = new StringBuilder();
            InputStream in = socket.getInputStream();
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                all.append((char) c);
            }
            return all.toString();
        } catch (SocketException _) {
            return "";
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "interim"})
    void relaysThroughATunnelThatWasGranted(String listener) throws Exception {
        assertThat(ask(listener)).isEqualTo("first HELLO");
    }

    @Test
    void asksForTheConfiguredDestination() throws Exception {
        ASKED.clear();
        ask("open");
        assertThat(ASKED).hasSize(1);
        assertThat(ASKED.getFirst().toLowerCase(Locale.ROOT))
                .startsWith("connect open.test:443 http/1.1\n")
                .contains("\nhost: open.test:443");
    }

    @ParameterizedTest
    @ValueSource(strings = {"refused", "garbage", "closed"})
    void endsWhereNoTunnelWasGranted(String listener) throws Exception {
        assertThat(ask(listener)).isEmpty();
    }
}
