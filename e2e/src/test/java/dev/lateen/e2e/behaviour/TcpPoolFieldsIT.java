package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// `connectionPool.tcp` of DestinationRules, and what the MeshConfig says of the same, from their text to connections
/// of TCP through a gateway: how many there may be, how long they last, when they are given up, and how the kernel
/// watches them.
@ParameterizedClass
@EnumSource(DataPlane.class)
class TcpPoolFieldsIT {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final String MESH = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec:
              meshConfig:
                connectTimeout: 300ms
                tcpKeepalive: {time: 600s, interval: 60s, probes: 7}
            """;

    /// With what a rule says of its connections; empty: there is no rule.
    private enum Service {
        PLAIN(""),
        FEW("maxConnections: 1"),
        IDLE("idleTimeout: 2s"),
        BRIEF("maxConnectionDuration: 1s"),
        WATCHED("tcpKeepalive: {time: 300s, interval: 40s, probes: 5}"),
        PARTLY("tcpKeepalive: {time: 120s}"),
        /// Nobody takes its connections.
        FULL(""),
        PATIENT("connectTimeout: 4s");

        private final String policy;

        Service(String policy) {
            this.policy = policy;
        }

        boolean isFull() {
            return this == FULL || this == PATIENT;
        }
    }

    private static final Map<Service, ServerSocket> SERVERS = new EnumMap<>(Service.class);
    private static final Map<Service, Integer> PORTS = new EnumMap<>(Service.class);
    private static final List<Socket> WAITING = new ArrayList<>();
    private static RunningProxy proxy;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        StringBuilder yaml = new StringBuilder(MESH);
        for (Service service : Service.values()) {
            ServerSocket server = new ServerSocket(0, service.isFull() ? 1 : 50, InetAddress.getLoopbackAddress());
            SERVERS.put(service, server);
            PORTS.put(service, Ports.free());
            if (service.isFull()) {
                fill(server.getLocalPort());
            } else {
                Thread.startVirtualThread(() -> accept(server));
            }
            String name = service.name().toLowerCase(Locale.ROOT);
            yaml.append(ServiceYaml.tcp(name, PORTS.get(service), List.of(server.getLocalPort())));
            if (!service.policy.isEmpty()) {
                yaml.append(ServiceYaml.rule(name, "connectionPool: {tcp: {" + service.policy + "}}"));
            }
        }
        proxy = plane.start(TranslatedGateway.bootstrap(yaml.toString(), plane.nodeMetadata(), PORTS.values()));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        proxy.close();
        for (ServerSocket server : SERVERS.values()) {
            server.close();
        }
        for (Socket socket : WAITING) {
            socket.close();
        }
        WAITING.clear();
    }

    /// Until the kernel answers no further one: its queue for the server has no room.
    private static void fill(int port) throws IOException {
        boolean room = true;
        while (room) {
            Socket socket = new Socket();
            WAITING.add(socket);
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            } catch (SocketTimeoutException _) {
                room = false;
            }
        }
    }

    private static void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> sendBack(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private static void sendBack(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException _) {
            // The proxy ended it.
        }
    }

    private static Socket connect(Service service) throws IOException {
        return new HttpClient(PORTS.get(service)).connect();
    }

    /// A connection all the way to the server.
    private static Socket talk(Service service) throws IOException {
        Socket socket = connect(service);
        assertThat(answers(socket)).as("a new connection to %s", service).isTrue();
        return socket;
    }

    private static boolean answers(Socket socket) {
        try {
            HttpClient.write(socket, "hello\n");
            return Reply.line(socket.getInputStream()).equals("hello");
        } catch (IOException _) {
            return false;
        }
    }

    /// @param wait for how long to look
    private static boolean isEnded(Socket socket, Duration wait) throws IOException {
        int before = socket.getSoTimeout();
        socket.setSoTimeout((int) wait.toMillis());
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException _) {
            socket.setSoTimeout(before);
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    private static boolean isEnded(Socket socket) throws IOException {
        return isEnded(socket, Duration.ofMillis(1));
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    @Test
    void refusesConnectionsAboveTheirNumber() throws IOException {
        try (Socket first = talk(Service.FEW)) {
            try (Socket second = connect(Service.FEW)) {
                assertThat(isEnded(second, Duration.ofSeconds(10))).isTrue();
            }
            assertThat(answers(first)).isTrue();
        }
        await().until(() -> {
            try (Socket later = connect(Service.FEW)) {
                return answers(later);
            }
        });
    }

    @Test
    void endsConnectionsOnWhichNothingIsSaid() throws IOException {
        long began = System.nanoTime();
        try (Socket plain = talk(Service.PLAIN);
                Socket busy = talk(Service.IDLE);
                Socket idle = talk(Service.IDLE)) {
            await().pollInterval(POLL).until(() -> answers(busy) && isEnded(idle));
            assertThat(since(began)).isGreaterThan(Duration.ofMillis(1900));
            assertThat(answers(busy)).isTrue();
            assertThat(answers(plain)).isTrue();
        }
    }

    @Test
    void endsConnectionsThatHaveHadTheirTimeWhateverIsSaid() throws IOException {
        long began = System.nanoTime();
        try (Socket plain = talk(Service.PLAIN);
                Socket brief = talk(Service.BRIEF)) {
            await().pollInterval(POLL).until(() -> !answers(brief));
            assertThat(since(began)).isGreaterThan(Duration.ofMillis(900));
            assertThat(answers(plain)).isTrue();
        }
    }

    /// The mesh's time is over long before that of the rule; the defaults of Istio and Envoy are longer than both.
    @Test
    void givesUpToConnectWhenTheRuleOrElseTheMeshSays() throws IOException {
        long began = System.nanoTime();
        try (Socket patient = connect(Service.PATIENT);
                Socket general = connect(Service.FULL)) {
            assertThat(isEnded(general, Duration.ofSeconds(15))).isTrue();
            assertThat(isEnded(patient)).isFalse();
            assertThat(isEnded(patient, Duration.ofSeconds(15))).isTrue();
            assertThat(since(began)).isGreaterThan(Duration.ofMillis(3900));
        }
    }

    /// A rule's word counts before the mesh's, attribute by attribute.
    @ParameterizedTest
    @CsvSource({"WATCHED, 300, 40, 5", "PARTLY, 120, 60, 7", "PLAIN, 600, 60, 7"})
    void theKernelWatchesAsTheRuleAndTheMeshSay(Service service, int idle, int interval, int probes)
            throws IOException {
        try (Socket _ = talk(service)) {
            int server = SERVERS.get(service).getLocalPort();
            assertThat(ForeignSocket.keepAlive(proxy.process(), server))
                    .isEqualTo(new ForeignSocket.KeepAlive(true, idle, interval, probes));
        }
    }
}
