package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// `resolution` of ServiceEntries whose endpoints are names, from its text to the traffic. Envoy asks a name server;
/// our
/// proxy asks its machine, for which a hosts file of its own stands in.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ResolutionFieldsIT {
    private static final String CARES = "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig\"";
    private static final List<String> ADDRESSES = List.of("127.0.0.2", "127.0.0.3");
    private static final Map<String, List<String>> NAMES = Map.of(
            "many.names.test", ADDRESSES, "one.names.test", List.of("127.0.0.2"), "localhost", List.of("127.0.0.1"));

    @TempDir
    private static Path directory;

    private static NameServer names;
    private static Upstream first;
    private static Upstream second;
    private static YamlGateway gateway;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        names = new NameServer();
        StringBuilder file = new StringBuilder();
        for (Map.Entry<String, List<String>> name : NAMES.entrySet()) {
            names.put(name.getKey(), name.getValue().toArray(String[]::new));
            name.getValue()
                    .forEach(address -> file.append(address)
                            .append(' ')
                            .append(name.getKey())
                            .append('\n'));
        }
        Path hosts = Files.writeString(directory.resolve("hosts"), file);
        int port = Ports.free();
        first = new Upstream(InetAddress.getByName(ADDRESSES.getFirst()), port, saying("first"));
        second = new Upstream(InetAddress.getByName(ADDRESSES.getLast()), port, saying("second"));
        String yaml = service("all", "DNS", endpoint("many", port))
                + service("in-turn", "DNS_ROUND_ROBIN", endpoint("many", port))
                + service(
                        "mixed",
                        "DNS",
                        endpoint("one", port),
                        "{address: 127.0.0.3, ports: {http: %d}}".formatted(port))
                + service("unknown", "DNS", endpoint("absent", port));
        String resolvers = CARES
                + ", \"resolvers\": [{\"socket_address\": {\"address\": \"127.0.0.1\", \"port_value\": %d}}]"
                        .formatted(names.port());
        gateway = switch (plane) {
            case ENVOY -> YamlGateway.start(plane, yaml, text -> text.replace(CARES, resolvers), Map.of());
            case LATEEN ->
                YamlGateway.start(
                        plane,
                        yaml,
                        UnaryOperator.identity(),
                        Map.of(
                                "LATEEN_JAVA_OPTS",
                                "-ea -Dio.netty.leakDetection.level=paranoid -Djdk.net.hosts.file=" + hosts));
        };
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        gateway.close();
        first.close();
        second.close();
        names.close();
    }

    /// Each connection carries one request, so that the next has a choice.
    private static Upstream.Script saying(String body) {
        return (_, socket) -> HttpClient.write(socket, Upstream.response(200, body, "connection: close"));
    }

    private static String service(String name, String resolution, String... endpoints) {
        return YamlGateway.withoutRule(name, resolution, List.of(endpoints), YamlGateway.NO_RETRIES);
    }

    private static String endpoint(String name, int port) {
        return "{address: %s.names.test, ports: {http: %d}}".formatted(name, port);
    }

    private static Set<String> bodies(String name) throws IOException {
        Set<String> bodies = new HashSet<>();
        for (int request = 0; request < 40; request++) {
            bodies.add(gateway.get(name, "/").body());
        }
        return bodies;
    }

    @Test
    void takesAllAddressesOfAName() {
        await().untilAsserted(() -> assertThat(bodies("all")).containsExactlyInAnyOrder("first", "second"));
    }

    @Test
    void takesTheFirstAddressOfANameInTurn() {
        await().untilAsserted(() -> assertThat(bodies("in-turn")).containsExactly("first"));
    }

    @Test
    void takesNamesAndAddressesTogether() {
        await().untilAsserted(() -> assertThat(bodies("mixed")).containsExactlyInAnyOrder("first", "second"));
    }

    @Test
    void hasNoEndpointWhereANameDoesNotExist() throws IOException {
        Reply reply = gateway.get("unknown", "/");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body()).isEqualTo("no healthy upstream");
    }
}
