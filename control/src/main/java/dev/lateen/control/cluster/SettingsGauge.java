package dev.lateen.control.cluster;

/// Hears whether the settings that a cluster holds for the control plane are in force.
///
/// Thread: any.
public interface SettingsGauge {
    /// @param configMap where they are
    /// @param refused whether an earlier version of them stays in force
    void settings(String configMap, boolean refused);
}
