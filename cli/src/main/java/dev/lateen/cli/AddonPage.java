package dev.lateen.cli;

import dev.lateen.cli.mesh.ClusterMesh;
import dev.lateen.cli.mesh.PodFacts;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The way to a pod of somebody else's that serves pages about the mesh, in the control plane's namespace.
final class AddonPage {
    /// As Istio's samples have it; `app` is looked for too.
    private static final String LABEL = "app.kubernetes.io/name";

    @Option(
            names = "--ui-port",
            paramLabel = "PORT",
            description = "The port of the pod (default: the usual one).",
            defaultValue = "0")
    private int port;

    @Mixin
    private Browser browser = new Browser();

    @Mixin
    private MeshTarget target = new MeshTarget();

    /// @param name of it in the labels of its pods
    int open(String name, int usualPort, PrintWriter out) throws IOException, InterruptedException {
        String url = target.askCluster(mesh -> url(mesh, name, usualPort));
        browser.show(url, out);
        Browser.stay(out);
        return 0;
    }

    private String url(ClusterMesh mesh, String name, int usualPort) throws IOException {
        String namespace = target.namespace().isEmpty() ? mesh.systemNamespace() : target.namespace();
        for (String key : List.of(LABEL, "app")) {
            List<PodFacts> pods = mesh.cluster().list("v1", "Pod", namespace, Map.of(key, name)).stream()
                    .map(PodFacts::new)
                    .filter(PodFacts::running)
                    .sorted(Comparator.comparing((PodFacts pod) -> !pod.ready()).thenComparing(PodFacts::name))
                    .toList();
            if (!pods.isEmpty()) {
                int to = port == 0 ? usualPort : port;
                return "http://" + mesh.proxy(pods.getFirst()).ports().open(to).address() + "/";
            }
        }
        throw new IOException("no pod of " + name + " runs in namespace " + namespace + " (expected: a label " + LABEL
                + " or app with the value " + name + "; -n names another namespace)");
    }
}
