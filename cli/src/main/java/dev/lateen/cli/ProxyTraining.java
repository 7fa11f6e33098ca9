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
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Does what every sidecar does first, then ends: starts from a bootstrap and forwards requests to a server of its own.
/// The launcher runs it once and has the JVM record what was loaded (its AOT cache), so that later starts are quick.
/// With the environment of an injected pod, as `ControlPlaneTraining` gives it, it starts once more as that pod: it
/// gets a
/// certificate and its configuration, and answers the kubelet.
///
/// Usage: `ProxyTraining DIRECTORY`: holds what `TrainingCredentials` made; its bootstrap and access log go there.
///
/// Errors: `IOException` where a request is not answered or the pod's proxy does not become ready.
///
/// Thread: main.
public final class ProxyTraining {
    private static final int REQUESTS = 200;
    private static final String ADMIN_ADDRESS = "LATEEN_ADMIN_ADDRESS";
    private static final int STATUS_PORT = 15020;
    private static final int READINESS_PORT = 15021;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(50);
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
        String address = System.getenv(ADMIN_ADDRESS);
        if (address != null) {
            startAsPod(address);
        }
    }

    private static void startAsPod(String address) throws IOException, ProxyStartException {
        ProxyOptions options =
                new ProxyOptions(Optional.empty(), OptionalInt.of(1), ProxyOptions.Role.SIDECAR, System.getenv());
        try (ProxyProcess proxy = ProxyProcess.start(options)) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            String probe = ask(address, READINESS_PORT, "/healthz/ready");
            while (!probe.startsWith("HTTP/1.1 200") || !proxy.ready()) {
                if (System.nanoTime() - end > 0) {
                    throw new IOException("the proxy of a pod did not become ready: " + probe);
                }
                pause();
                probe = ask(address, READINESS_PORT, "/healthz/ready");
            }
            String numbers = ask(address, STATUS_PORT, "/stats/prometheus");
            if (!numbers.startsWith("HTTP/1.1 200")) {
                throw new IOException("no numbers: " + numbers);
            }
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
    }

    private static String ask(String address, int port, String path) throws IOException {
        try (Socket socket = new Socket(address, port)) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nhost: " + address + "\r\nconnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
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
