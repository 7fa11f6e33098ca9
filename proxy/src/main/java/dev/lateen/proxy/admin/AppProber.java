package dev.lateen.proxy.admin;

import dev.lateen.proxy.bootstrap.AppProbe;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Asks the application, on the kubelet's behalf, how it is: the kubelet has no certificate of the mesh, so that a
/// sidecar with strict mutual TLS would turn it away.
///
/// The question comes from 127.0.0.6, which the pod's packet filter leaves alone, and goes to the pod's own address.
///
/// Limits: of an answer, its status is read.
///
/// Thread: any; the application is asked on a virtual thread.
public final class AppProber {
    private static final byte[] SOURCE = {127, 0, 0, 6};
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final Map<String, AppProbe> probes;
    private final String address;

    private AppProber(Map<String, AppProbe> probes, String address) {
        this.probes = probes;
        this.address = address;
    }

    public static AppProber of(Map<String, String> environment) {
        return new AppProber(AppProbe.of(environment), environment.getOrDefault("INSTANCE_IP", "127.0.0.1"));
    }

    /// Empty where no probe is known by the path.
    Optional<AppProbe> probe(String path) {
        return Optional.ofNullable(probes.get(path));
    }

    /// Asks and waits; empty where no probe is known by the path.
    public Optional<AdminReply> answer(String path) {
        return probe(path).map(this::answer);
    }

    void ask(AppProbe probe, Consumer<AdminReply> reply) {
        Thread.ofVirtual().name("probe").start(() -> reply.accept(answer(probe)));
    }

    private AdminReply answer(AppProbe probe) {
        try {
            return switch (probe.question()) {
                case AppProbe.Http http -> AdminReply.text(status(probe, http), "");
                case AppProbe.Tcp _ -> {
                    connect(probe).close();
                    yield AdminReply.text("");
                }
                case AppProbe.Unsupported(var what) ->
                    AdminReply.text(501, "probes of this kind are not asked yet: " + what + "\n");
            };
        } catch (IOException e) {
            return AdminReply.text(503, "the application does not answer: " + e.getMessage() + "\n");
        }
    }

    private int status(AppProbe probe, AppProbe.Http http) throws IOException {
        StringBuilder head = new StringBuilder("GET " + http.path() + " HTTP/1.1\r\n");
        if (http.headers().keySet().stream().noneMatch(name -> name.equalsIgnoreCase("host"))) {
            head.append("host: ")
                    .append(address)
                    .append(':')
                    .append(probe.port())
                    .append("\r\n");
        }
        head.append("user-agent: kube-probe/lateen\r\nconnection: close\r\n");
        http.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        try (Socket socket = connect(probe);
                InputStream in = socket.getInputStream()) {
            socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(in.readNBytes(STATUS_AT + 3), StandardCharsets.ISO_8859_1);
            if (!answer.matches("HTTP/1\\.[01] [1-5][0-9]{2}")) {
                throw new IOException("no HTTP answer");
            }
            return Integer.parseInt(answer.substring(STATUS_AT, STATUS_AT + 3));
        }
    }

    private Socket connect(AppProbe probe) throws IOException {
        int millis = (int) probe.timeout().toMillis();
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(millis);
            if (!address.contains(":")) {
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(SOURCE), 0));
            }
            socket.connect(new InetSocketAddress(address, probe.port()), millis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
