package dev.lateen.local.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.local.capture.CapturePlan;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The plugin as a runtime runs it, the agent that it asks, and a network namespace that stands for a pod's.
/// Needs root, a C compiler and iptables.
final class NodeAgentIT {
    private static final Path SOURCE = Path.of("src/main/c/istio-cni.c");
    private static final String BEFORE = "{\"ips\":[{\"address\":\"10.0.0.2/24\"}],\"note\":\"}\\\"{\"}";
    private static final String MESHED = "\"sidecar.istio.io/status\":\"{}\"";

    @TempDir
    private static Path shared;

    private static Path plugin = Path.of("");

    @TempDir
    private Path directory;

    private final Map<String, String> pages = new ConcurrentHashMap<>();
    private final List<CapturePlan> asked = new ArrayList<>();
    private HttpServer api;
    private Process pod;

    private record Said(int status, String text) {}

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
        for (String tool : List.of("cc", "nsenter", "unshare", "iptables-restore")) {
            assumeTrue(
                    run(List.of("sh", "-c", "command -v " + tool), "", Map.of()).status() == 0, "no " + tool);
        }
        plugin = shared.resolve("istio-cni");
        Said said = run(
                List.of(
                        "cc",
                        "-static",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-o",
                        plugin.toString(),
                        SOURCE.toString()),
                "",
                Map.of());
        assertThat(said.text()).isEmpty();
    }

    @BeforeEach
    void start() throws IOException {
        api = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        api.createContext("/", exchange -> {
            String page = pages.get(exchange.getRequestURI().getPath());
            byte[] body = (page == null ? "{}" : page).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.sendResponseHeaders(page == null ? 404 : 200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        api.start();
        pages.put(
                "/api/v1",
                "{\"kind\":\"APIResourceList\",\"groupVersion\":\"v1\",\"resources\":["
                        + "{\"name\":\"pods\",\"kind\":\"Pod\",\"namespaced\":true,\"verbs\":[\"get\"]}]}");
        pod = new ProcessBuilder("unshare", "--net", "sleep", "infinity").start();
        Awaitility.await()
                .until(() -> !network(pod.pid())
                        .equals(network(ProcessHandle.current().pid())));
        Files.createDirectory(directory.resolve("bin"));
        Files.writeString(
                Files.createDirectory(directory.resolve("net.d")).resolve("10-a.conflist"),
                "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"plugins\":[{\"type\":\"bridge\"}]}");
    }

    @AfterEach
    void stop() throws InterruptedException {
        pod.destroy();
        pod.waitFor();
        api.stop(0);
    }

    @Test
    void makesTheRulesThatThePodsCheckExpects() throws IOException, InterruptedException {
        pages.put("/api/v1/namespaces/shop/pods/a", pod("istio-validation", "istio-iptables", "-z", "15006"));
        try (NodeAgent _ = agent(Set.of())) {
            assertThat(add(MESHED)).isEqualTo(new Said(0, BEFORE));
            assertThat(asked).hasSize(1);
            assertThat(rules()).contains(":ISTIO_OUTPUT", "--to-ports 15006");
            assertThat(add("\"other\":\"1\"")).isEqualTo(new Said(0, BEFORE));
            assertThat(asked).hasSize(1);
        }
    }

    /// What it costs, once the agent is warm.
    @Test
    void answersManyPodsAfterEachOther() throws IOException, InterruptedException {
        pages.put("/api/v1/namespaces/shop/pods/a", pod("istio-validation", "istio-iptables"));
        try (NodeAgent _ = agent(Set.of())) {
            List<Long> captured = new ArrayList<>();
            List<Long> others = new ArrayList<>();
            for (int i = 0; i < 15; i++) {
                long begin = System.nanoTime();
                assertThat(add(MESHED).status()).isZero();
                captured.add(System.nanoTime() - begin);
                begin = System.nanoTime();
                assertThat(add("\"other\":\"1\"").status()).isZero();
                others.add(System.nanoTime() - begin);
                run(inside("iptables", "-t", "nat", "-F"), "", Map.of());
                run(inside("iptables", "-t", "nat", "-X"), "", Map.of());
            }
            System.out.printf(
                    "cni: ADD of a captured pod %.1f ms, of another %.1f ms (medians)%n",
                    captured.stream().sorted().toList().get(7) / 1e6,
                    others.stream().sorted().toList().get(7) / 1e6);
            assertThat(asked).hasSize(15);
        }
    }

    @Test
    void leavesPodsAloneThatCaptureThemselvesOrAreExcluded() throws IOException, InterruptedException {
        pages.put("/api/v1/namespaces/shop/pods/a", pod("istio-init", "istio-iptables"));
        try (NodeAgent _ = agent(Set.of())) {
            assertThat(add(MESHED)).isEqualTo(new Said(0, BEFORE));
        }
        pages.put("/api/v1/namespaces/shop/pods/a", pod("istio-validation", "istio-iptables"));
        try (NodeAgent _ = agent(Set.of("shop"))) {
            assertThat(add(MESHED)).isEqualTo(new Said(0, BEFORE));
        }
        assertThat(rules()).doesNotContain("ISTIO_OUTPUT");
    }

    @Test
    void keepsPodsOfTheMeshFromStartingWhereItCannotKnow() throws IOException, InterruptedException {
        try (NodeAgent _ = agent(Set.of())) {
            Said said = add(MESHED);
            assertThat(said.status()).isEqualTo(1);
            assertThat(said.text()).contains("\"code\":11", "no such pod");
        }
    }

    @Test
    void withoutAnAgentOnlyPodsOfTheMeshWait() throws IOException, InterruptedException {
        assertThat(add("\"other\":\"1\"")).isEqualTo(new Said(0, BEFORE));
        Said said = add(MESHED);
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.text()).contains("\"code\":11", "does not answer");
    }

    @Test
    void neverTouchesTheNodesOwnNetwork() throws IOException, InterruptedException {
        pages.put("/api/v1/namespaces/shop/pods/a", pod("istio-validation", "istio-iptables"));
        try (NodeAgent _ = agent(Set.of())) {
            Said said = add(MESHED, "/proc/self/ns/net");
            assertThat(said.status()).isEqualTo(1);
            assertThat(said.text()).contains("network of its node");
            assertThat(asked).isEmpty();
        }
    }

    @Test
    void goesFromTheNodeWithItsDaemonSet() throws IOException, InterruptedException {
        Path network = directory.resolve("net.d/10-a.conflist");
        NodeAgent agent = agent(Set.of());
        Awaitility.await().until(() -> Files.readString(network).contains("istio-cni"));
        agent.close();
        assertThat(network).content().doesNotContain("istio-cni");
        assertThat(directory.resolve("bin")).isEmptyDirectory();
    }

    @Test
    void staysOnTheNodeWhileItsDaemonSetIsThere() throws IOException, InterruptedException {
        pages.put(
                "/apis/apps/v1",
                "{\"kind\":\"APIResourceList\",\"groupVersion\":\"apps/v1\",\"resources\":["
                        + "{\"name\":\"daemonsets\",\"kind\":\"DaemonSet\",\"namespaced\":true,\"verbs\":[\"get\"]}]}");
        pages.put(
                "/apis/apps/v1/namespaces/istio-system/daemonsets/istio-cni-node",
                "{\"apiVersion\":\"apps/v1\",\"kind\":\"DaemonSet\",\"metadata\":{\"name\":\"istio-cni-node\"}}");
        Path network = directory.resolve("net.d/10-a.conflist");
        NodeAgent agent = agent(Set.of());
        Awaitility.await().until(() -> Files.readString(network).contains("istio-cni"));
        agent.close();
        assertThat(network).content().contains("istio-cni");
        assertThat(directory.resolve("bin/istio-cni")).exists();
    }

    private NodeAgent agent(Set<String> excluded) throws IOException {
        Path kubeconfig = Files.writeString(
                directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(api.getAddress().getPort()));
        NodeAgentSettings settings = new NodeAgentSettings(
                "node",
                new NodeAgentSettings.Files(
                        plugin, directory.resolve("bin"), directory.resolve("net.d"), "", true, socket().toString()),
                socket(),
                Path.of("/proc"),
                excluded,
                "istio-validation",
                NodeAgentSettings.Repair.NONE,
                new NodeAgentSettings.Home("istio-system", "istio-cni-node"),
                new NodeAgentSettings.Ports(0, 0));
        return NodeAgent.start(settings, Cluster.of(kubeconfig), arguments -> {
            assertThat(arguments).first().isEqualTo("istio-iptables");
            asked.add(CapturePlan.everything(false));
            return CapturePlan.everything(false);
        });
    }

    private Path socket() {
        return directory.resolve("socket");
    }

    private Said add(String annotations) throws IOException, InterruptedException {
        return add(annotations, "/proc/" + pod.pid() + "/ns/net");
    }

    private Said add(String annotations, String network) throws IOException, InterruptedException {
        String config = "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"type\":\"istio-cni\",\"socket\":\"" + socket()
                + "\",\"runtimeConfig\":{\"io.kubernetes.cri.pod-annotations\":{" + annotations + "}},\"prevResult\":"
                + BEFORE + "}";
        Map<String, String> environment = Map.of(
                "CNI_COMMAND", "ADD",
                "CNI_NETNS", network,
                "CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=a");
        return run(List.of(plugin.toString()), config, environment);
    }

    private String rules() throws IOException, InterruptedException {
        return run(inside("iptables-save", "-t", "nat"), "", Map.of()).text();
    }

    private List<String> inside(String... words) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=/proc/" + pod.pid() + "/ns/net"));
        all.addAll(List.of(words));
        return all;
    }

    private static String pod(String container, String... arguments) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\",\"annotations\":{"
                + MESHED + "}},\"spec\":{\"initContainers\":[{\"name\":\"" + container + "\",\"args\":[\""
                + String.join("\",\"", arguments) + "\"]}]}}";
    }

    private static Object network(long process) throws IOException {
        return Files.getAttribute(Path.of("/proc/" + process + "/ns/net"), "unix:ino");
    }

    private static Said run(List<String> words, String input, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Said(process.exitValue(), text);
    }
}
