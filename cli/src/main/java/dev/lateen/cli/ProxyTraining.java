package dev.lateen.cli;

import dev.lateen.proxy.ProxyOptions;
import dev.lateen.proxy.ProxyProcess;
import dev.lateen.proxy.ProxyStartException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Does what every sidecar does first, then ends: starts from a bootstrap and forwards requests to a server of its own.
/// The launcher runs it once and has the JVM record what was loaded (its AOT cache), so that later starts are quick.
///
/// Usage: `ProxyTraining DIRECTORY`: holds what `TrainingCredentials` made; its bootstrap and access log go there.
///
/// Thread: main.
public final class ProxyTraining {
    private static final int REQUESTS = 200;
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".getBytes(StandardCharsets.ISO_8859_1);

    private ProxyTraining() {}

    public static void main(String[] arguments) throws IOException, ProxyStartException {
        Path directory = Path.of(arguments[0]);
        try (ServerSocket upstream = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> serve(upstream));
            Path bootstrap = Files.writeString(
                    directory.resolve("training.yaml"),
                    template()
                            .replace("@UPSTREAM_PORT@", Integer.toString(upstream.getLocalPort()))
                            .replace("@SECURE_PORT@", Integer.toString(freePort()))
                            .replace("@DIR@", directory.toString()));
            ProxyOptions options =
                    new ProxyOptions(Optional.of(bootstrap), OptionalInt.of(1), ProxyOptions.Role.SIDECAR, Map.of());
            try (ProxyProcess proxy = ProxyProcess.start(options)) {
                request(proxy.address("in").orElseThrow(), "users");
                request(proxy.address("in").orElseThrow(), "secure");
            }
        }
    }

    private static void request(InetSocketAddress proxy, String host) throws IOException {
        try (Socket socket = new Socket(proxy.getAddress(), proxy.getPort())) {
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[4096];
            for (int i = 0; i < REQUESTS; i++) {
                out.write(("GET /api/users/" + i + "?a=b HTTP/1.1\r\nhost: " + host + "\r\nx-request-id: " + i
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
                int length = in.read(buffer);
                if (length <= 0) {
                    throw new IOException("the proxy closed the connection");
                }
                String answer = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
                if (!answer.startsWith("HTTP/1.1 200")) {
                    throw new IOException("the proxy answered for " + host + ": " + answer);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void serve(ServerSocket server) {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> answer(socket));
            }
        } catch (SocketException _) {
            // Closed: the training is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(Socket socket) {
        try (socket;
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.isEmpty()) {
                    socket.getOutputStream().write(ANSWER);
                }
            }
        } catch (IOException _) {
            // The proxy has gone: nothing is left to answer.
        }
    }

    private static String template() throws IOException {
        try (InputStream in = ProxyTraining.class.getResourceAsStream("training.yaml")) {
            if (in == null) {
                throw new IOException("training.yaml is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
