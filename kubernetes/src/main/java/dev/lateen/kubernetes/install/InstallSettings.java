package dev.lateen.kubernetes.install;

/// What an installation may choose.
///
/// @param namespace of the control plane
/// @param hub where images come from, such as `registry.example/lateen`
/// @param tag of the images
public record InstallSettings(String namespace, String hub, String tag) {
    public static final InstallSettings DEFAULT = new InstallSettings("istio-system", "lateen.local", "dev");

    /// @param path as `--set` of Istio's commands names it
    ///
    /// Errors: `IllegalArgumentException` where nothing goes by that name.
    public InstallSettings with(String path, String value) {
        return switch (path) {
            case "hub", "values.global.hub" -> new InstallSettings(namespace, value, tag);
            case "tag", "values.global.tag" -> new InstallSettings(namespace, hub, value);
            case "namespace", "values.global.istioNamespace" -> new InstallSettings(value, hub, tag);
            default ->
                throw new IllegalArgumentException("--set " + path
                        + ": not a setting of this installer (expected: hub, tag or values.global.istioNamespace)");
        };
    }
}
