package dev.lateen.e2e.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The mesh in the cluster, installed as its users install it. Parameters: `KUBECONFIG`, and `LATEEN_IMAGE_LOAD`, a
/// command that makes an image of a tar file known to the cluster; empty where the images that `IMAGE_HUB` and
/// `IMAGE_TAG` name can be pulled.
final class InstalledMesh implements AutoCloseable {
    static final Path HOME = Path.of(System.getProperty("lateen.home", ".."));
    private static final String HUB = System.getenv().getOrDefault("IMAGE_HUB", "lateen.local");
    private static final String TAG = System.getenv().getOrDefault("IMAGE_TAG", "dev");

    private final Kubectl cluster;

    private InstalledMesh(Kubectl cluster) {
        this.cluster = cluster;
    }

    static InstalledMesh install() throws IOException, InterruptedException {
        InstalledMesh mesh = new InstalledMesh(Kubectl.start());
        String load = System.getenv().getOrDefault("LATEEN_IMAGE_LOAD", "");
        for (String image : List.of("pilot", "proxy", "proxy-init", "shop")) {
            if (!load.isEmpty()) {
                Path tar = HOME.resolve("target/images/" + image + ".tar").toRealPath();
                Kubectl.command(List.of(load, tar.toString()), "");
            }
        }
        lateen("install", "-y", "--set", "hub=" + HUB, "--set", "tag=" + TAG);
        return mesh;
    }

    Kubectl cluster() {
        return cluster;
    }

    /// Applies a resource of the tests, with the images filled in, and waits for its deployments.
    void deploy(String resource, String namespace) throws IOException, InterruptedException {
        cluster.apply(text(resource).replace("${hub}", HUB).replace("${tag}", TAG));
        cluster.run("-n", namespace, "rollout", "status", "deployment", "--timeout=120s");
    }

    /// Takes a namespace and the mesh away; `LATEEN_KEEP` leaves both.
    void remove(String namespace) throws IOException, InterruptedException {
        if (System.getenv("LATEEN_KEEP") == null) {
            cluster.run("delete", "namespace", namespace, "--ignore-not-found", "--wait=true");
            lateen("uninstall", "-y", "--purge");
            // What is going away takes nothing new: the next test installs again.
            cluster.run("wait", "--for=delete", "namespace/istio-system", "--timeout=120s");
        }
        close();
    }

    static String lateen(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(HOME.resolve("lateen").toString()));
        words.addAll(List.of(arguments));
        return Kubectl.command(words, "");
    }

    @Override
    public void close() {
        cluster.close();
    }

    private static String text(String name) throws IOException {
        try (InputStream in = InstalledMesh.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("not on the class path: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
