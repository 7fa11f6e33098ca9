package dev.lateen.dashboard.traffic;

/// One end of an edge, as the reporting proxy knew it; what it did not know is an empty string.
///
/// @param app the canonical name
/// @param version the canonical revision
/// @param principal a SPIFFE id with its scheme
public record Party(String namespace, String workload, String app, String version, String principal) {
    public static final Party UNKNOWN = new Party("", "", "", "", "");

    /// Whether a workload is named.
    public boolean isKnown() {
        return !workload.isEmpty();
    }
}
