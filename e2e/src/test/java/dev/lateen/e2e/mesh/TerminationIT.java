package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.identity.JoinTokens;
import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.identity.SpiffeId;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How a pod's proxy ends: ours (`proxy`), and Envoy by its agent (`agent`).
final class TerminationIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String ADDRESS = "127.66.2.1";

    @TempDir
    Path directory = Path.of("");

    private ControlPlane control;

    @BeforeEach
    void start() throws IOException {
        Path config = Files.createDirectories(directory.resolve("config"));
        control = ControlPlane.start(ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withPorts(ControlPlaneSettings.Ports.FREE));
    }

    @AfterEach
    void end() {
        control.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy", "agent"})
    void drainsForAsLongAsItsConfigurationSays(String verb) throws Exception {
        try (OutsideProxy proxy = ready(verb, "terminationDrainDuration: 2s", Map.of())) {
            long start = System.nanoTime();
            proxy.process().destroy();
            assertThat(exit(proxy)).as(proxy.output()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(2));
            assertThat(proxy.output()).contains("draining for at most PT2S");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy", "agent"})
    void staysWhileAConnectionIsOpenAndEndsWithIt(String verb) throws Exception {
        Map<String, String> more = Map.of("EXIT_ON_ZERO_ACTIVE_CONNECTIONS", "true", "MINIMUM_DRAIN_DURATION", "1s");
        try (OutsideProxy proxy = ready(verb, "", more)) {
            try (Socket application =
                    new Socket(proxy.outbound().getAddress(), proxy.outbound().getPort())) {
                application
                        .getOutputStream()
                        .write("GET http://nowhere/ HTTP/1.1\r\n".getBytes(StandardCharsets.ISO_8859_1));
                proxy.process().destroy();
                await().atMost(SOON)
                        .untilAsserted(() ->
                                assertThat(proxy.agent("GET", "/healthz/ready")).isEqualTo(503));
                await().during(Duration.ofSeconds(3))
                        .atMost(SOON)
                        .until(() -> proxy.process().isAlive());
            }
            assertThat(exit(proxy)).as(proxy.output()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy", "agent"})
    void endsWhenItsApplicationSaysThatItHasEnded(String verb) throws Exception {
        try (OutsideProxy proxy = ready(verb, "terminationDrainDuration: 1s", Map.of())) {
            assertThat(proxy.agent("GET", "/quitquitquit")).isEqualTo(405);
            assertThat(proxy.agent("POST", "/quitquitquit")).isEqualTo(200);
            assertThat(exit(proxy)).as(proxy.output()).isZero();
        }
    }

    private OutsideProxy ready(String verb, String config, Map<String, String> more) throws IOException {
        String obstacle = verb.equals("agent") ? DataPlane.ENVOY.obstacle() : "";
        assumeTrue(obstacle.isEmpty(), obstacle);
        Path vm = Files.createTempDirectory(directory, "vm");
        OutsideProxy.provide(vm, token(), control.authority().rootsPem());
        String server = "127.0.0.1:" + control.securePort();
        Map<String, String> environment = new HashMap<>(more);
        environment.put(
                "PROXY_CONFIG",
                "{discoveryAddress: \"" + server + "\"" + (config.isEmpty() ? "" : ", " + config) + "}");
        OutsideProxy proxy = OutsideProxy.start(verb, vm, ADDRESS, "outside", server, server, environment);
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(proxy.isReady()).as(proxy.output()).isTrue());
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(proxy.agent("GET", "/healthz/ready")).isEqualTo(200));
        return proxy;
    }

    private static int exit(OutsideProxy proxy) throws InterruptedException {
        assertThat(proxy.process().waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                .as(proxy.output())
                .isTrue();
        return proxy.process().exitValue();
    }

    private String token() throws IOException {
        return JoinTokens.open(
                        ControlPlaneSettings.joinKey(directory.resolve("state")),
                        "cluster.local",
                        InstantSource.system())
                .issue(new SpiffeId("cluster.local", "default", "outside"), "", Duration.ofMinutes(5))
                .token();
    }
}
