package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Fields of DestinationRules that say what becomes of TCP connections, from their text to the traffic.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ConnectionFieldsIT {
    private static final int HOSTS = 4;

    private static final List<ServerSocket> SERVERS = new ArrayList<>();
    private static RunningProxy proxy;
    private static int hashed;
    private static int told1;
    private static int told2;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        for (int index = 0; index < HOSTS; index++) {
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            SERVERS.add(server);
            String name = Integer.toString(index);
            Thread.startVirtualThread(() -> accept(server, name));
        }
        hashed = Ports.free();
        told1 = Ports.free();
        told2 = Ports.free();
        String yaml = service("hashed", hashed, "loadBalancer: {consistentHash: {useSourceIp: true}}")
                + service("told1", told1, "proxyProtocol: {version: V1}")
                + service("told2", told2, "proxyProtocol: {version: V2}");
        proxy = plane.start(TranslatedGateway.bootstrap(yaml, plane.nodeMetadata(), List.of(hashed, told1, told2)));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        proxy.close();
        for (ServerSocket server : SERVERS) {
            server.close();
        }
        SERVERS.clear();
    }

    private static String service(String name, int port, String policy) {
        List<Integer> servers = SERVERS.stream().map(ServerSocket::getLocalPort).toList();
        return ServiceYaml.tcp(name, port, servers) + ServiceYaml.rule(name, policy);
    }

    private static void accept(ServerSocket server, String name) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> answer(socket, name));
            } catch (IOException _) {
                return;
            }
        }
    }

    /// Its name, and what it was told until the first line ended.
    private static void answer(Socket socket, String name) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            StringBuilder all = new StringBuilder(name);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                all.append('|').append(line);
                if (line.endsWith("hello")) {
                    break;
                }
            }
            HttpClient.write(socket, all + "\n");
        } catch (IOException _) {
            // The proxy ended it.
        }
    }

    /// What the server says to a client of this address.
    private static String ask(int port, String from) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(new InetSocketAddress("127.0.0.1", port));
            HttpClient.write(socket, "hello\n");
            byte[] answer = socket.getInputStream().readAllBytes();
            return new String(answer, StandardCharsets.ISO_8859_1).strip() + "#" + socket.getLocalPort();
        }
    }

    @Test
    void aClientsConnectionsGoToOneHost() throws IOException {
        Set<String> all = new HashSet<>();
        for (int client = 1; client <= 24; client++) {
            String from = "127.0.1." + client;
            Set<String> hosts = new HashSet<>();
            for (int turn = 0; turn < 4; turn++) {
                hosts.add(ask(hashed, from).split("\\|")[0]);
            }
            assertThat(hosts).as("hosts of the connections of " + from).hasSize(1);
            all.addAll(hosts);
        }
        assertThat(all).as("hosts that have clients").hasSizeGreaterThan(1);
    }

    @Test
    void tellsWhoseConnectionItIsInText() throws IOException {
        String[] told = ask(told1, "127.0.1.7").split("[|#]");
        assertThat(told[1]).isEqualTo("PROXY TCP4 127.0.1.7 127.0.0.1 " + told[3] + " " + told1);
        assertThat(told[2]).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.1.7", "127.0.1.8"})
    void tellsWhoseConnectionItIsInBytes(String from) throws IOException {
        String told = ask(told2, from);
        // The signature of version 2, PROXY over IPv4, 12 bytes of addresses, of which the first is the client's.
        String addresses = "\u0021\u0011\u0000\u000c" + "\u007f\u0000\u0001"
                + (char) Integer.parseInt(from.substring(8)) + "\u007f\u0000\u0000\u0001";
        assertThat(told).contains("QUIT|" + addresses).contains("hello#");
    }
}
