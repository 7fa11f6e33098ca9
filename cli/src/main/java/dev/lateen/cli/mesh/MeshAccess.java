package dev.lateen.cli.mesh;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A mesh that commands can look into.
///
/// Errors: `IOException` where it cannot be reached; `IllegalArgumentException` where what was named is not there, with
/// what is.
///
/// Thread: one; blocks.
public sealed interface MeshAccess permits LocalMeshes, ClusterMesh {
    /// Those that run; empty where none does.
    List<ControlPlaneAddress> controlPlanes() throws IOException;

    /// The pod that `[TYPE/]NAME[.NAMESPACE]` names: a pod, or the first of a workload.
    ///
    /// @param namespace where it is looked for without one in its name; empty for the usual one
    PodProxy pod(String reference, String namespace) throws IOException;

    /// All pods that have a proxy.
    List<PodProxy> pods() throws IOException;

    /// The pod whose proxy has that address, if one has.
    Optional<PodProxy> podAt(String address) throws IOException;
}
