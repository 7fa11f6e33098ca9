package dev.lateen.e2e.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// The mesh in the cluster, installed as its users install it. Parameters: `KUBECONFIG`, and `LATEEN_IMAGE_LOAD`, a
/// command that makes an image of a tar file known to the cluster; empty where the images that `IMAGE_HUB` and
/// `IMAGE_TAG` name can be pulled.
final class InstalledMesh implements AutoCloseable {
    static final Path HOME = Path.of(System.getProperty("lateen.home", ".."));
    private static final String HUB = System.getenv().getOrDefault("IMAGE_HUB", "lateen.local");
    private static final String TAG = System.getenv().getOrDefault("IMAGE_TAG", "dev");
    private static final AtomicBoolean LOADED = new AtomicBoolean();

    /// Where the images are, as `install` takes it.
    static final List<String> IMAGES = List.of("--set", "hub=" + HUB, "--set", "tag=" + TAG);

    private final Kubectl cluster;

    private InstalledMesh(Kubectl cluster) {
        this.cluster = cluster;
    }

    /// @param options of `install`, beside those that say where the images are
    static InstalledMesh install(String... options) throws IOException, InterruptedException {
        loadImages();
        InstalledMesh mesh = new InstalledMesh(Kubectl.start());
        mesh.installAgain(options);
        return mesh;
    }

    /// What was installed before is brought in line.
    void installAgain(String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("install", "-y", "--set", "hub=" + HUB, "--set", "tag=" + TAG));
        words.addAll(Arrays.asList(options));
        lateen(words.toArray(String[]::new));
    }

    /// Once for all tests.
    static void loadImages() throws IOException, InterruptedException {
        String load = System.getenv().getOrDefault("LATEEN_IMAGE_LOAD", "");
        if (load.isEmpty() || LOADED.getAndSet(true)) {
            return;
        }
        try (Stream<Path> images = Files.list(HOME.resolve("target/images"))) {
            for (Path tar :
                    images.filter(file -> file.toString().endsWith(".tar")).toList()) {
                Kubectl.command(List.of(load, tar.toRealPath().toString()), "");
            }
        }
    }

    Kubectl cluster() {
        return cluster;
    }

    /// Applies a resource of the tests, with the images filled in, and waits for its deployments.
    void deploy(String resource, String namespace) throws IOException, InterruptedException {
        cluster.apply(manifest(resource));
        cluster.run("-n", namespace, "rollout", "status", "deployment", "--timeout=120s");
    }

    /// Takes a namespace and the mesh away; `LATEEN_KEEP` leaves both.
    void remove(String namespace) throws IOException, InterruptedException {
        if (!isKept()) {
            cluster.run("delete", "namespace", namespace, "--ignore-not-found", "--wait=true");
            uninstall();
        }
        close();
    }

    static boolean isKept() {
        return System.getenv("LATEEN_KEEP") != null;
    }

    void uninstall() throws IOException, InterruptedException {
        lateen("uninstall", "-y", "--purge");
        // What is going away takes nothing new: the next test installs again.
        cluster.run("wait", "--for=delete", "namespace/istio-system", "--timeout=120s");
    }

    static String lateen(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(HOME.resolve("lateen").toString()));
        words.addAll(List.of(arguments));
        return Kubectl.command(words, "");
    }

    /// What a command says that must not succeed.
    static String failing(String... arguments) throws InterruptedException {
        try {
            return "succeeded: " + lateen(arguments);
        } catch (IOException failure) {
            return String.valueOf(failure.getMessage());
        }
    }

    @Override
    public void close() {
        cluster.close();
    }

    /// A resource of the tests, with the images filled in.
    static String manifest(String name) throws IOException {
        return filled(text(name));
    }

    static String filled(String manifest) {
        return manifest.replace("${hub}", HUB).replace("${tag}", TAG);
    }

    static String text(String name) throws IOException {
        try (InputStream in = InstalledMesh.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("not on the class path: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
