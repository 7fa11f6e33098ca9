package dev.lateen.proxy.probe;

import dev.lateen.net.EventLoops;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Asks an application how it is.
///
/// Questions to our own addresses come from 127.0.0.6, which the packet filter of a pod leaves alone.
///
/// Limits: of an answer by HTTP its status is read; nothing takes longer than the probe's timeout.
///
/// Thread: any; blocks.
public final class ProbeAsker {
    private static final byte[] SOURCE = {127, 0, 0, 6};
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final EventLoops loops;
    private final String own;

    /// @param loops for questions by gRPC
    /// @param own address of the workload
    public ProbeAsker(EventLoops loops, String own) {
        this.loops = loops;
        this.own = own;
    }

    public ProbeAnswer ask(Probe probe) {
        try {
            return switch (probe.question()) {
                case Probe.Http http -> new ProbeAnswer.Status(status(probe, http));
                case Probe.Tcp _ -> {
                    connect(probe, new Deadline(probe.timeout())).close();
                    yield new ProbeAnswer.Good();
                }
                case Probe.Grpc(var service) -> new GrpcHealth(loops).ask(probe, service);
                case Probe.Exec(var command) -> run(command, probe);
                case Probe.Unsupported(var what) -> new ProbeAnswer.Bad("not a probe that can be asked: " + what);
            };
        } catch (SocketTimeoutException _) {
            return new ProbeAnswer.Bad("no answer within " + probe.timeout().toSeconds() + " s");
        } catch (IOException e) {
            return new ProbeAnswer.Bad(String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new ProbeAnswer.Bad("interrupted");
        }
    }

    /// Plain HTTP/1.1 by hand, for the source address that no client of the JDK lets us choose.
    private int status(Probe probe, Probe.Http http) throws IOException {
        StringBuilder head = new StringBuilder("GET " + http.path() + " HTTP/1.1\r\n");
        if (http.headers().keySet().stream().noneMatch(name -> name.equalsIgnoreCase("host"))) {
            String host = probe.host().contains(":") ? "[" + probe.host() + "]" : probe.host();
            head.append("host: ").append(host).append(':').append(probe.port()).append("\r\n");
        }
        head.append("user-agent: kube-probe/lateen\r\naccept: */*\r\nconnection: close\r\n");
        http.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        Deadline deadline = new Deadline(probe.timeout());
        try (Socket plain = connect(probe, deadline);
                Socket socket = http.tls() ? UnverifiedTls.over(plain, probe.host(), probe.port()) : plain) {
            socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            String answer = start(socket, deadline);
            if (!answer.matches("HTTP/1\\.[01] [1-5][0-9]{2}")) {
                throw new IOException("no HTTP answer");
            }
            return Integer.parseInt(answer.substring(STATUS_AT, STATUS_AT + 3));
        }
    }

    /// A server that answers byte by byte has no more time than one that does not answer.
    private static String start(Socket socket, Deadline deadline) throws IOException {
        StringBuilder answer = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (answer.length() < STATUS_AT + 3) {
            socket.setSoTimeout(deadline.leftMillis());
            int next = in.read();
            if (next < 0) {
                break;
            }
            answer.append((char) next);
        }
        return answer.toString();
    }

    private Socket connect(Probe probe, Deadline deadline) throws IOException {
        Socket socket = new Socket();
        try {
            InetAddress address = InetAddress.getByName(probe.host());
            boolean near = address.isLoopbackAddress() || probe.host().equals(own);
            if (near && address.getAddress().length == SOURCE.length) {
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(SOURCE), 0));
            }
            socket.connect(new InetSocketAddress(address, probe.port()), deadline.leftMillis());
            socket.setSoTimeout(deadline.leftMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static ProbeAnswer run(List<String> command, Probe probe) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start();
        if (!process.waitFor(probe.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            return new ProbeAnswer.Bad(
                    "the command took longer than " + probe.timeout().toSeconds() + " s");
        }
        return process.exitValue() == 0
                ? new ProbeAnswer.Good()
                : new ProbeAnswer.Bad("the command ended with " + process.exitValue());
    }
}
