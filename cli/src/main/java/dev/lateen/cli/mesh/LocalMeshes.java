package dev.lateen.cli.mesh;

import dev.lateen.local.MeshState;
import dev.lateen.model.diagnostic.Spelling;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Meshes that run on this machine as processes, and the control plane that was started alone.
public final class LocalMeshes implements MeshAccess {
    private static final String DEFAULT_DEBUG_ADDRESS = "127.0.0.1:15014";

    private final List<MeshState> meshes;
    private final String mesh;

    /// @param meshes that run
    /// @param mesh which one is meant; empty for all
    public LocalMeshes(List<MeshState> meshes, String mesh) {
        this.meshes = meshes;
        this.mesh = mesh;
    }

    @Override
    public List<ControlPlaneAddress> controlPlanes() {
        List<ControlPlaneAddress> found = meshes.stream()
                .filter(one -> !one.debugAddress().isEmpty())
                .map(one -> new ControlPlaneAddress("istiod-" + one.name(), HttpPort.at(one.debugAddress())))
                .toList();
        if (!found.isEmpty() || !mesh.isEmpty()) {
            return found;
        }
        return List.of(new ControlPlaneAddress("istiod", HttpPort.at(DEFAULT_DEBUG_ADDRESS)));
    }

    @Override
    public PodProxy pod(String reference, String namespace) {
        if (meshes.isEmpty()) {
            throw new IllegalArgumentException("no mesh "
                    + (mesh.isEmpty() ? "" : "named '" + mesh + "' ")
                    + "runs on this machine: start one with `lateen up DIR`, or read a saved dump with --file; for one"
                    + " in a cluster set KUBECONFIG");
        }
        return meshes.stream()
                .flatMap(one -> find(one, reference, namespace).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(missing(reference, meshes)));
    }

    @Override
    public List<PodProxy> pods() {
        return meshes.stream()
                .flatMap(one -> one.pods().stream()
                        .flatMap(pod -> one.podAddress(pod, "").stream().map(address -> PodProxy.near(pod, address))))
                .toList();
    }

    @Override
    public Optional<PodProxy> podAt(String address) {
        return meshes.stream()
                .flatMap(one -> one.pods().stream()
                        .filter(pod ->
                                one.podAddress(pod, "").filter(address::equals).isPresent())
                        .map(pod -> PodProxy.near(pod, address)))
                .findFirst();
    }

    private static Optional<PodProxy> find(MeshState state, String reference, String namespace) {
        String name = reference.substring(reference.indexOf('/') + 1);
        boolean workload = reference.indexOf('/') >= 0 && !reference.startsWith("pod");
        List<String> pods = state.pods();
        String wantedNamespace = namespace.isEmpty() ? "default" : namespace;
        String full = pods.contains(name) || (name.contains(".") && namespace.isEmpty())
                ? name
                : name + "." + wantedNamespace;
        Optional<String> exact =
                pods.stream().filter(pod -> !workload && pod.equals(full)).findFirst();
        return exact.or(() -> pods.stream().filter(pod -> isReplica(pod, full)).findFirst())
                .flatMap(pod -> state.podAddress(pod, "").map(address -> PodProxy.near(pod, address)));
    }

    /// A replica is named after its workload with two words more: `NAME-HASH-NUMBER.NAMESPACE`.
    private static boolean isReplica(String pod, String workload) {
        int dot = workload.lastIndexOf('.');
        int podDot = pod.lastIndexOf('.');
        if (dot < 0 || podDot < 0 || !pod.substring(podDot).equals(workload.substring(dot))) {
            return false;
        }
        String rest = pod.substring(0, podDot);
        String prefix = workload.substring(0, dot) + "-";
        return rest.startsWith(prefix)
                && rest.substring(prefix.length()).chars().filter(c -> c == '-').count() == 1;
    }

    private static String missing(String reference, List<MeshState> meshes) {
        List<String> pods = meshes.stream().flatMap(one -> one.pods().stream()).toList();
        Set<String> names = new TreeSet<>(pods);
        pods.forEach(pod -> names.add(PodProxy.near(pod, "").workload().replaceFirst("\\.[^.]*$", "")));
        String advice = Spelling.advice(reference.substring(reference.indexOf('/') + 1), names);
        return "there is no pod '" + reference + "' with a proxy"
                + (advice.isEmpty() ? "" : "; " + advice)
                + (pods.isEmpty() ? "" : "\npods with a proxy: " + String.join(", ", pods));
    }
}
