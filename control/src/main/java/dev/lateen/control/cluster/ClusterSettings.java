package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Which cluster a control plane serves.
///
/// @param kubeconfig whose current context is the cluster; empty for the one that this process runs in
/// @param namespace of the control plane, where the mesh's own settings are
/// @param revision of the control plane; `default` for the one without a name
public record ClusterSettings(Optional<Path> kubeconfig, String namespace, String revision) {
    public static final String DEFAULT_NAMESPACE = "istio-system";
    public static final String DEFAULT_REVISION = "default";

    /// For a control plane without a cluster.
    public static final ClusterSettings NONE =
            new ClusterSettings(Optional.empty(), DEFAULT_NAMESPACE, DEFAULT_REVISION);

    public ClusterSettings {
        revision = revision.isEmpty() ? DEFAULT_REVISION : revision;
    }

    /// A name of one of this revision's objects.
    public String named(String name) {
        return revision.equals(DEFAULT_REVISION) ? name : name + "-" + revision;
    }

    /// Errors: `IOException` where the kubeconfig cannot be read. Nothing is asked yet.
    public Cluster connect() throws IOException {
        return kubeconfig.isPresent() ? Cluster.of(kubeconfig.get()) : Cluster.inside();
    }
}
