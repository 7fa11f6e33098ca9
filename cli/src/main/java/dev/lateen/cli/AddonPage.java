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

    /// @param label as Istio's samples of it have; `app` is looked for too
    int open(String name, String label, int usualPort, PrintWriter out) throws IOException, InterruptedException {
        String url = target.askCluster(mesh -> url(mesh, name, label, usualPort));
        browser.show(url, out);
        Browser.stay(out);
        return 0;
    }

    private String url(ClusterMesh mesh, String name, String label, int usualPort) throws IOException {
        String namespace = target.namespace().isEmpty() ? mesh.systemNamespace() : target.namespace();
        for (String key : List.of(label, "app")) {
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
        throw new IOException("no pod of " + name + " runs in namespace " + namespace + " (expected: a label " + label
                + " or app with the value " + name + "; -n names another namespace)");
    }
}
