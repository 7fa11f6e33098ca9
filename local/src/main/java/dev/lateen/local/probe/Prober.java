package dev.lateen.local.probe;

import dev.lateen.local.manifest.ContainerSpec;
import dev.lateen.local.manifest.ProbeSpec;
import dev.lateen.local.manifest.ProbeSpec.Check.Exec;
import dev.lateen.local.manifest.ProbeSpec.Check.HttpGet;
import dev.lateen.local.manifest.ProbeSpec.Check.TcpSocket;
import dev.lateen.local.manifest.ProbeSpec.Check.Unsupported;
import dev.lateen.local.probe.ProbeResult.Failure;
import dev.lateen.local.probe.ProbeResult.Success;
import dev.lateen.proxy.probe.UnverifiedTls;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/// Runs one probe. Thread: any; it blocks for at most the probe's timeout.
///
/// @param host where the container listens
/// @param source the address that probes come from; empty for any
/// @param realPort the port that the application really has, by container port
/// @param directory where commands run
/// @param environment of commands
public record Prober(
        String host,
        Optional<InetAddress> source,
        IntUnaryOperator realPort,
        Path directory,
        Map<String, String> environment) {
    private static final int LONGEST_STATUS_LINE = 256;

    public ProbeResult probe(ContainerSpec container, ProbeSpec probe) {
        return switch (probe.check()) {
            case HttpGet get -> onPort(container, get.port(), port -> httpGet(get, port, probe.timeout()));
            case TcpSocket tcp ->
                onPort(container, tcp.port(), port -> {
                    connect(port, probe.timeout()).close();
                    return new Success();
                });
            case Exec exec -> run(exec, probe.timeout());
            case Unsupported _ -> new Success();
        };
    }

    private ProbeResult onPort(ContainerSpec container, String nameOrNumber, Connection check) {
        Optional<Integer> port = container.port(nameOrNumber);
        if (port.isEmpty()) {
            return new Failure("the container has no port named '" + nameOrNumber + "'");
        }
        try {
            return check.on(realPort.applyAsInt(port.get()));
        } catch (IOException failure) {
            return new Failure(String.valueOf(failure.getMessage()));
        }
    }

    /// Plain HTTP/1.1 by hand, for the source address that no client of the JDK lets us choose.
    private ProbeResult httpGet(HttpGet get, int port, Duration timeout) throws IOException {
        try (Socket plain = connect(port, timeout);
                Socket socket = get.scheme().equals("HTTPS") ? UnverifiedTls.over(plain, host, port) : plain) {
            StringBuilder request = new StringBuilder("GET " + get.path() + " HTTP/1.1\r\n");
            if (get.headers().keySet().stream().noneMatch("host"::equalsIgnoreCase)) {
                request.append("Host: ").append(host).append(':').append(port).append("\r\n");
            }
            get.headers()
                    .forEach((name, value) ->
                            request.append(name).append(": ").append(value).append("\r\n"));
            request.append("User-Agent: kube-probe/lateen\r\nAccept: */*\r\nConnection: close\r\n\r\n");
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
            String line = statusLine(socket.getInputStream());
            String[] words = line.split(" ", 3);
            boolean good = words.length >= 2
                    && words[1].length() == 3
                    && words[1].charAt(0) >= '2'
                    && words[1].charAt(0) <= '3';
            return good ? new Success() : new Failure("HTTP status " + (words.length >= 2 ? words[1] : "missing"));
        }
    }

    private static String statusLine(InputStream stream) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = stream.read();
        while (next >= 0 && next != '\r' && next != '\n' && line.length() < LONGEST_STATUS_LINE) {
            line.append((char) next);
            next = stream.read();
        }
        return line.toString();
    }

    private Socket connect(int port, Duration timeout) throws IOException {
        Socket socket = new Socket();
        if (source.isPresent()) {
            socket.bind(new InetSocketAddress(source.get(), 0));
        }
        socket.setSoTimeout((int) timeout.toMillis());
        socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
        return socket;
    }

    private ProbeResult run(Exec exec, Duration timeout) {
        ProcessBuilder builder = new ProcessBuilder(exec.command()).directory(directory.toFile());
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(Redirect.DISCARD);
        try {
            Process process = builder.start();
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                return new Failure("the command took longer than " + timeout.toSeconds() + " s");
            }
            return process.exitValue() == 0
                    ? new Success()
                    : new Failure("the command ended with " + process.exitValue());
        } catch (IOException failure) {
            return new Failure(String.valueOf(failure.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Failure("interrupted");
        }
    }

    private interface Connection {
        ProbeResult on(int port) throws IOException;
    }
}
