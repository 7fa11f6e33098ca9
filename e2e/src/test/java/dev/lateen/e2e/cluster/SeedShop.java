package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.e2e.cluster.Curl.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The user service of the seed and who calls it, in namespace `default`. The callers are asked past their sidecar, and
/// their own requests go through it: who asks them asks from inside their pod.
final class SeedShop implements AutoCloseable {
    static final String SPACE = "default";
    private static final int APPLICATION = 8080;

    private final InstalledMesh mesh;
    private final Kubectl cluster;
    private final Map<String, PortForward> forwards = new HashMap<>();
    private final Map<String, String> applied = new LinkedHashMap<>();

    SeedShop(InstalledMesh mesh) {
        this.mesh = mesh;
        this.cluster = mesh.cluster();
    }

    /// The seed's Deployment, with what the API server demands and an image that there is, and everything around it.
    void deploy() throws IOException, InterruptedException {
        cluster.apply(deployment());
        mesh.deploy("seed/shop.yaml", SPACE);
        cluster.run("-n", "istio-system", "rollout", "status", "deployment/jaeger", "--timeout=120s");
    }

    void remove() throws IOException, InterruptedException {
        close();
        delete(List.of(deployment(), InstalledMesh.manifest("seed/shop.yaml")));
    }

    private static String deployment() throws IOException {
        String seed = InstalledMesh.text("seed/14-deployment-user-service.yaml");
        String whole = seed.replace(
                        "spec:\n  template:",
                        "spec:\n  selector: {matchLabels: {app: user-service, version: v1}}\n  template:")
                .replace("myregistry/user-service:v1", "${hub}/user-service:${tag}");
        assertThat(whole).contains("selector", "${hub}");
        return InstalledMesh.filled(whole);
    }

    /// Until `takeBack`.
    void apply(String name) throws IOException, InterruptedException {
        String text = InstalledMesh.text("seed/" + name + ".yaml");
        applied.put(name, text);
        cluster.apply(text);
    }

    void delete(String name) throws IOException, InterruptedException {
        delete(List.of(String.valueOf(applied.remove(name))));
    }

    /// What has been applied and not been deleted goes.
    void takeBack() throws IOException, InterruptedException {
        if (!applied.isEmpty()) {
            delete(applied.values());
            applied.clear();
        }
    }

    private static void delete(Collection<String> manifests) throws IOException, InterruptedException {
        Kubectl.command(
                List.of("kubectl", "delete", "--ignore-not-found", "-f", "-"), String.join("\n---\n", manifests));
    }

    /// Has a caller ask the user service.
    ///
    /// @param path what follows `/api/users`
    Answer ask(String caller, String path, String... options) throws IOException, InterruptedException {
        return Curl.once(address(caller, path), options);
    }

    List<Answer> ask(int times, String caller, String path, String... options)
            throws IOException, InterruptedException {
        return Curl.times(times, address(caller, path), options);
    }

    /// How many of so many requests the second version answers; each must be answered.
    long second(int times, String... options) throws IOException, InterruptedException {
        List<Answer> answers = ask(times, "order-service", "", options);
        assertThat(answers).allMatch(answer -> answer.status() == 200);
        return answers.stream().filter(answer -> answer.version().equals("v2")).count();
    }

    private String address(String caller, String path) throws IOException {
        return "http://127.0.0.1:" + port("deployment/" + caller, APPLICATION) + "/api/orders" + path;
    }

    /// What a port of a pod answers.
    String page(String target, int port, String path, String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("curl", "-sS", "--max-time", "20"));
        words.addAll(List.of(options));
        words.add("http://127.0.0.1:" + port(target, port) + path);
        return Kubectl.command(words, "");
    }

    private int port(String target, int remote) throws IOException {
        String key = target + ":" + remote;
        PortForward forward = forwards.get(key);
        if (forward == null) {
            forward = PortForward.start(SPACE, target, remote);
            forwards.put(key, forward);
        }
        return forward.port();
    }

    /// Other pods stand for the workloads now.
    void forget() {
        forwards.values().forEach(PortForward::close);
        forwards.clear();
    }

    @Override
    public void close() {
        forget();
    }
}
