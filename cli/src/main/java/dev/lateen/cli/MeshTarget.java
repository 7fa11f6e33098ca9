package dev.lateen.cli;

import dev.lateen.cli.mesh.ClusterMesh;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.mesh.LocalMeshes;
import dev.lateen.cli.mesh.MeshAccess;
import dev.lateen.cli.mesh.PodProxy;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.local.MeshState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which mesh a command is about: one in a cluster where the options say so; otherwise those that run on this machine;
/// where none does, that of the usual kubeconfig.
final class MeshTarget {
    @Option(
            names = "--mesh",
            paramLabel = "NAME",
            description = "A mesh that runs on this machine (default: every one; where none runs, the cluster's).",
            defaultValue = "")
    private String mesh = "";

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "The namespace to look in.",
            defaultValue = "")
    private String namespace = "";

    @Option(
            names = {"-i", "--istioNamespace"},
            paramLabel = "NAMESPACE",
            description = "In a cluster, the control plane's namespace (default: ${DEFAULT-VALUE}).",
            defaultValue = "istio-system")
    private String systemNamespace = "istio-system";

    @Option(
            names = "--revision",
            paramLabel = "NAME",
            description = "In a cluster, the revision of the control plane that is asked (default: all).",
            defaultValue = "")
    private String revision = "";

    @Mixin
    private ClusterOptions clusters = new ClusterOptions();

    private @Nullable MeshAccess chosen;

    String namespace() {
        return namespace;
    }

    /// Where the control plane is.
    String systemNamespace() {
        return systemNamespace;
    }

    /// Of the control plane that is meant; empty for all.
    String revision() {
        return revision;
    }

    /// Whether a mesh runs here or a cluster is at hand, so that it makes sense to ask.
    boolean isThere() throws IOException {
        return access() instanceof ClusterMesh || !meshes().isEmpty();
    }

    /// Whether a cluster is meant: by the options, or because no mesh runs here.
    boolean isInCluster() throws IOException {
        return access() instanceof ClusterMesh || meshes().isEmpty();
    }

    /// The mesh in a cluster, if that is what is meant.
    Optional<ClusterMesh> cluster() throws IOException {
        return access() instanceof ClusterMesh inCluster ? Optional.of(inCluster) : Optional.empty();
    }

    /// The mesh in a cluster, for commands that have nothing to say about others.
    ///
    /// @throws IOException where none can be meant
    ClusterMesh requiredCluster() throws IOException {
        MeshAccess access = access();
        if (access instanceof ClusterMesh inCluster) {
            return inCluster;
        }
        if (!mesh.isEmpty()) {
            throw new IOException("this is asked of a cluster, not of mesh '" + mesh + "' on this machine");
        }
        ClusterMesh inCluster = openCluster();
        chosen = inCluster;
        return inCluster;
    }

    /// The mesh that runs on this machine; empty where none does, or several and no option says which.
    Optional<MeshState> here() {
        List<MeshState> running = meshes();
        return running.size() == 1 ? Optional.of(running.getFirst()) : Optional.empty();
    }

    /// The mesh that runs on this machine.
    ///
    /// @throws IOException where several do, and no option says which
    MeshState requiredHere() throws IOException {
        return here().orElseThrow(() -> new IOException("several meshes run on this machine: --mesh names one ("
                + String.join(", ", meshes().stream().map(MeshState::name).toList()) + ")"));
    }

    /// What the meshes on this machine were made from: files and directories.
    List<Path> manifests() {
        return meshes().stream().flatMap(one -> one.manifests().stream()).toList();
    }

    /// Those that can be asked.
    List<ControlPlaneAddress> controlPlanes() throws IOException {
        return asked(MeshAccess::controlPlanes);
    }

    /// The pod that `[TYPE/]NAME[.NAMESPACE]` names: a pod, or the first of a workload.
    ///
    /// @throws IllegalArgumentException when there is none, with those that there are
    PodProxy pod(String reference) throws IOException {
        return asked(access -> access.pod(reference, namespace));
    }

    /// All pods that have a proxy.
    List<PodProxy> pods() throws IOException {
        return asked(MeshAccess::pods);
    }

    /// The pod whose proxy has that address, if one has.
    Optional<PodProxy> podAt(String address) throws IOException {
        return asked(access -> access.podAt(address));
    }

    /// What is asked of a cluster.
    interface Question<A, T> {
        T ask(A access) throws IOException;
    }

    private <T> T asked(Question<MeshAccess, T> question) throws IOException {
        try {
            return question.ask(access());
        } catch (ClusterException failure) {
            throw clusters.explained(failure);
        }
    }

    /// Errors: as `requiredCluster`, and those of the API server with advice.
    <T> T askCluster(Question<ClusterMesh, T> question) throws IOException {
        try {
            return question.ask(requiredCluster());
        } catch (ClusterException failure) {
            throw clusters.explained(failure);
        }
    }

    private MeshAccess access() throws IOException {
        MeshAccess known = chosen;
        if (known == null) {
            known = choose();
            chosen = known;
        }
        return known;
    }

    private MeshAccess choose() throws IOException {
        List<MeshState> running = mesh.isEmpty() && clusters.areGiven() ? List.of() : meshes();
        boolean inCluster = mesh.isEmpty() && (clusters.areGiven() || (running.isEmpty() && clusters.haveCluster()));
        return inCluster ? openCluster() : new LocalMeshes(running, mesh);
    }

    private ClusterMesh openCluster() throws IOException {
        return new ClusterMesh(clusters.open(), systemNamespace, revision);
    }

    private List<MeshState> meshes() {
        return MeshState.running(LateenHome.runDirectory()).stream()
                .filter(one -> mesh.isEmpty() || one.name().equals(mesh))
                .toList();
    }
}
