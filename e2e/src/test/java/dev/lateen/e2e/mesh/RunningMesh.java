package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/// A mesh that `./lateen up` runs for one test, of manifests that the test writes. Requests enter by the ingress
/// gateway that `manifests` adds: host `NAME.test` leads to service NAME.
final class RunningMesh implements AutoCloseable {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);
    private static final Duration LONGEST_START = Duration.ofMinutes(5);
    private static final String READY = "is ready; logs are in";
    private static final Pattern GATEWAY = Pattern.compile("gateway port 80 is at (http://\\S+)/");
    private static final HttpClient CLIENT = client();

    private final Process up;
    private final Path manifests;
    private final Path log;
    private final String name;
    private final boolean ours;

    private RunningMesh(Process up, Path manifests, Path log, String name, boolean ours) {
        this.ours = ours;
        this.up = up;
        this.manifests = manifests;
        this.log = log;
        this.name = name;
    }

    /// Starts it and waits until every pod is ready.
    static RunningMesh of(Path directory, String manifests, String... options) throws IOException {
        return of(Map.of(), directory, manifests, options);
    }

    /// @param environment added to that of its processes
    static RunningMesh of(Map<String, String> environment, Path directory, String manifests, String... options)
            throws IOException {
        Path shop = Files.createDirectories(directory.resolve("manifests"));
        Files.writeString(shop.resolve("all.yaml"), manifests);
        Path log = directory.resolve("up.log");
        String name = "it-" + ProcessHandle.current().pid() + "-" + Math.floorMod(directory.hashCode(), 100_000);
        // Whoever runs the tests in the background has them ignore Ctrl-C, which all that they start would inherit.
        List<String> words = Stream.concat(
                        Stream.of("env", "--default-signal=INT", Launcher.path().toString(), "up", shop.toString()),
                        Stream.concat(Stream.of("--name", name), Stream.of(options)))
                .toList();
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process up = builder.start();
        RunningMesh mesh =
                new RunningMesh(up, shop, log, name, !List.of(options).contains("envoy"));
        try {
            mesh.awaitReady();
            return mesh;
        } catch (AssertionError | ConditionTimeoutException failure) {
            mesh.close();
            throw failure;
        }
    }

    /// Puts others in the place of the manifests that the test wrote, at one moment.
    void replace(String others) throws IOException {
        Path draft = Files.writeString(manifests.resolveSibling("draft"), others);
        Files.move(
                draft,
                manifests.resolve("all.yaml"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /// The file of the manifests that the test wrote.
    Path manifest() {
        return manifests.resolve("all.yaml");
    }

    /// A workload that runs `Peer`, with its service on port 80.
    static String peer(String name, String annotations, String environment) {
        String command = java() + " -Xmx32m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp " + classes()
                + " dev.lateen.e2e.mesh.Peer";
        return workload(name, command, annotations, environment);
    }

    /// The same with another program.
    static String workload(String name, String command, String annotations, String environment) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s, namespace: default}
                spec:
                  selector: {app: %1$s}
                  ports: [{name: http, port: 80, targetPort: 8080}]
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: %1$s, namespace: default}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s, namespace: default}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata:
                      labels: {app: %1$s, version: v1}
                      annotations: {local.lateen.dev/command: "%2$s"%3$s}
                    spec:
                      serviceAccountName: %1$s
                      containers:
                      - name: app
                        image: none
                        env: [{name: PEER_NAME, value: %1$s}%4$s]
                        ports: [{containerPort: 8080, name: http}]
                ---
                """.formatted(name, command, annotations, environment);
    }

    /// Leads host `NAME.test` to service NAME.
    static String gateway(String... names) {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: entry, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 80, name: http, protocol: HTTP}
                    hosts: ["*.test"]
                ---
                """);
        for (String one : names) {
            yaml.append("""
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: entry-%1$s, namespace: default}
                    spec:
                      hosts: [%1$s.test]
                      gateways: [entry]
                      http: [{route: [{destination: {host: %1$s, port: {number: 80}}}]}]
                    ---
                    """.formatted(one));
        }
        return yaml.toString();
    }

    /// What a peer answers to a request through the gateway.
    ///
    /// @param fields of the request's head, names and values in turns
    String ask(String peer, String path, String question, String... fields) {
        try {
            HttpResponse<String> answer = answer(peer, path, question, fields);
            return answer.statusCode() == 200 ? answer.body() : answer.statusCode() + ": " + answer.body();
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    /// The same as a whole.
    HttpResponse<String> answer(String peer, String path, String question, String... fields) throws IOException {
        String query = question.isEmpty() ? "" : "?" + URLEncoder.encode(question, StandardCharsets.UTF_8);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gatewayAddress() + path + query))
                .header("Host", peer + ".test")
                .timeout(Duration.ofSeconds(30));
        if (fields.length > 0) {
            request.headers(fields);
        }
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    /// Fails where the mesh explains the last such refusal by anything else. What can be said of Envoy's own refusals
    /// `ExplainEnvoyIT` looks at.
    ///
    /// @param line words of the line that is to blame
    void explains(int status, String path, String resource, String line) throws IOException {
        if (ours) {
            new Refusals(debugAddress(), manifests).check(status, path, resource, line);
        }
    }

    /// The process that runs it.
    Process process() {
        return up;
    }

    /// What tells its processes and files from those of other meshes.
    String name() {
        return name;
    }

    /// All processes below it now.
    Set<ProcessHandle> descendants() {
        return up.descendants().collect(Collectors.toSet());
    }

    /// Kills those of its processes that were started with one of these words, without a chance to say good-bye.
    ///
    /// @return how many
    int kill(Set<String> words) {
        int killed = 0;
        for (ProcessHandle process : descendants()) {
            if (commandWords(process).stream().anyMatch(words::contains)) {
                process.destroyForcibly();
                killed++;
            }
        }
        return killed;
    }

    /// From the file, since the JDK tells none that are longer than a page, as class paths are.
    private static List<String> commandWords(ProcessHandle process) {
        try {
            return List.of(Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }

    /// Where it keeps its state.
    Path home() {
        return Launcher.path().resolveSibling(".lateen").resolve("run").resolve(name);
    }

    /// Where its control plane answers questions, as `host:port`.
    String debugAddress() throws IOException {
        Properties state = new Properties();
        try (Reader file = Files.newBufferedReader(home().resolve("mesh.properties"))) {
            state.load(file);
        }
        return state.getProperty("debugAddress", "");
    }

    /// The address of its control plane.
    String controlAddress() throws IOException {
        String debug = debugAddress();
        return debug.substring(0, debug.indexOf(':'));
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    @Override
    public void close() {
        up.destroy();
        try {
            if (!up.waitFor(1, TimeUnit.MINUTES)) {
                up.destroyForcibly();
                fail("the mesh does not end: " + output());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// The last thing of that form that it has said, or will soon have said: what it says when it is ready is several
    /// lines.
    MatchResult said(Pattern form) {
        return lastOf(form)
                .or(() -> await().atMost(LONGEST_ANSWER).until(() -> lastOf(form), Optional::isPresent))
                .orElseThrow();
    }

    private Optional<MatchResult> lastOf(Pattern form) {
        return form.matcher(output()).results().reduce((_, later) -> later);
    }

    private String gatewayAddress() {
        return said(GATEWAY).group(1);
    }

    private void awaitReady() {
        await().atMost(LONGEST_START)
                .until(() -> output().contains(READY) || output().contains(": failed: ") || !up.isAlive());
        assertThat(output()).contains(READY);
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static Path classes() {
        return Path.of("target", "test-classes").toAbsolutePath();
    }

    /// Skips a test whose mesh cannot run here, and says why.
    static void assumeRuns(String capture, String proxy) {
        String obstacle = obstacle(capture, proxy);
        assumeTrue(obstacle.isEmpty(), obstacle);
    }

    /// As above; with real Envoy only where all integration tests are asked for.
    static void assumeAsked(String capture, String proxy) {
        assumeRuns(capture, proxy);
        assumeTrue(
                proxy.equals("lateen") || "all".equals(System.getProperty("lateen.it")),
                "SKIPPED: -Dlateen.it=all asks with Envoy too");
    }

    /// Whether a mode can run here.
    static boolean runs(String capture, String proxy) {
        return obstacle(capture, proxy).isEmpty();
    }

    /// Why a mode cannot run here; empty when it can.
    private static String obstacle(String capture, String proxy) {
        if (proxy.equals("envoy") && !onPath("envoy")) {
            return "SKIPPED: no envoy on PATH";
        }
        if (capture.equals("explicit")) {
            return answersOnAllOfLoopback() ? "" : "SKIPPED: this system does not answer on all of 127.0.0.0/8";
        }
        if (!System.getProperty("user.name", "").equals("root")) {
            return "SKIPPED: transparent capture needs root";
        }
        for (String tool : List.of("ip", "iptables", "iptables-restore", "nsenter", "unshare", "setpriv")) {
            if (!onPath(tool)) {
                return "SKIPPED: transparent capture needs " + tool;
            }
        }
        return mayUnshare() ? "" : "SKIPPED: this machine lets nobody make network namespaces";
    }

    private static boolean onPath(String tool) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }

    private static boolean mayUnshare() {
        try {
            Process attempt = new ProcessBuilder("unshare", "--net", "--mount", "iptables", "-t", "nat", "-S")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return attempt.waitFor() == 0;
        } catch (IOException failure) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean answersOnAllOfLoopback() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.99.1.1", 0));
            return true;
        } catch (IOException failure) {
            return false;
        }
    }
}
