package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Which cluster a control plane serves.
///
/// @param kubeconfig whose current context is the cluster; empty for the one that this process runs in
/// @param namespace of the control plane, where the mesh's own settings are
public record ClusterSettings(Optional<Path> kubeconfig, String namespace) {
    public static final String DEFAULT_NAMESPACE = "istio-system";

    /// Errors: `IOException` where the kubeconfig cannot be read. Nothing is asked yet.
    public Cluster connect() throws IOException {
        return kubeconfig.isPresent() ? Cluster.of(kubeconfig.get()) : Cluster.inside();
    }
}
