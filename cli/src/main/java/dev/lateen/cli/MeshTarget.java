package dev.lateen.cli;

import dev.lateen.local.MeshState;
import dev.lateen.model.diagnostic.Spelling;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/// Which mesh of this machine a command is about: its control plane and its pods.
final class MeshTarget {
    private static final String DEFAULT_DEBUG_ADDRESS = "127.0.0.1:15014";

    /// A control plane that can be asked.
    ///
    /// @param address of its debug API
    record ControlPlaneAddress(String name, String address) {}

    /// A pod's proxy.
    ///
    /// @param name `pod.namespace`
    /// @param host its address
    record PodProxy(String name, String host) {}

    @Option(
            names = "--mesh",
            paramLabel = "NAME",
            description = "A mesh that runs on this machine (default: every one).",
            defaultValue = "")
    private String mesh = "";

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "The namespace to look in.",
            defaultValue = "")
    private String namespace = "";

    String namespace() {
        return namespace;
    }

    List<MeshState> meshes() {
        return MeshState.running(LateenHome.runDirectory()).stream()
                .filter(one -> mesh.isEmpty() || one.name().equals(mesh))
                .toList();
    }

    /// The control planes of the running meshes, or the one that `lateen control-plane` starts by default.
    List<ControlPlaneAddress> controlPlanes() {
        List<ControlPlaneAddress> found = meshes().stream()
                .filter(one -> !one.debugAddress().isEmpty())
                .map(one -> new ControlPlaneAddress("istiod-" + one.name(), one.debugAddress()))
                .toList();
        if (!found.isEmpty() || !mesh.isEmpty()) {
            return found;
        }
        return List.of(new ControlPlaneAddress("istiod", DEFAULT_DEBUG_ADDRESS));
    }

    /// The pod that `[TYPE/]NAME[.NAMESPACE]` names: a pod, or the first of a workload.
    ///
    /// @throws IllegalArgumentException when there is none, with those that there are
    PodProxy pod(String reference) {
        List<MeshState> meshes = meshes();
        if (meshes.isEmpty()) {
            throw new IllegalArgumentException("no mesh "
                    + (mesh.isEmpty() ? "" : "named '" + mesh + "' ")
                    + "runs on this machine: start one with `lateen up DIR`, or read a saved dump with --file");
        }
        return meshes.stream()
                .flatMap(one -> find(one, reference).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(missing(reference, meshes)));
    }

    /// All pods that have a proxy.
    List<PodProxy> pods() {
        return meshes().stream()
                .flatMap(one -> one.pods().stream()
                        .flatMap(pod -> one.podAddress(pod, "").stream().map(address -> new PodProxy(pod, address))))
                .toList();
    }

    /// What a pod is a replica of, as `name.namespace`.
    static String workload(PodProxy pod) {
        return workloadOf(pod.name()) + pod.name().substring(pod.name().lastIndexOf('.'));
    }

    /// The pod whose proxy has that address, if one has.
    Optional<PodProxy> podAt(String address) {
        return meshes().stream()
                .flatMap(one -> one.pods().stream()
                        .filter(pod ->
                                one.podAddress(pod, "").filter(address::equals).isPresent())
                        .map(pod -> new PodProxy(pod, address)))
                .findFirst();
    }

    private Optional<PodProxy> find(MeshState state, String reference) {
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
                .flatMap(pod -> state.podAddress(pod, "").map(address -> new PodProxy(pod, address)));
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
        pods.forEach(pod -> names.add(workloadOf(pod)));
        String advice = Spelling.advice(reference.substring(reference.indexOf('/') + 1), names);
        return "there is no pod '" + reference + "' with a proxy"
                + (advice.isEmpty() ? "" : "; " + advice)
                + (pods.isEmpty() ? "" : "\npods with a proxy: " + String.join(", ", pods));
    }

    /// The workload's name without the namespace.
    private static String workloadOf(String pod) {
        return pod.substring(0, Math.max(0, pod.lastIndexOf('.'))).replaceFirst("-[^-]+-[^-]+$", "");
    }
}
