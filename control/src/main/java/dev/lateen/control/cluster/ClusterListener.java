package dev.lateen.control.cluster;

/// Hears what is worth counting of the cluster.
///
/// Thread: any; must return at once.
public interface ClusterListener {
    /// What happened to an object.
    enum Change {
        ADD,
        UPDATE,
        DELETE
    }

    /// Whether the settings that a cluster holds for the control plane are in force.
    ///
    /// @param configMap where they are
    /// @param refused whether an earlier version of them stays in force
    void settings(String configMap, boolean refused);

    /// News of an object, before anything has been made of it.
    void event(String kind, Change change);

    /// A webhook's configuration was to be given the roots of trust.
    ///
    /// @param kind of the configuration
    /// @param failure why it was not; empty where it was
    void patched(String kind, String name, String failure);
}
