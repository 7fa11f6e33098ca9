package dev.lateen.local;

import dev.lateen.local.manifest.WorkloadSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// How a mesh runs on this machine.
///
/// @param name tells several meshes apart; letters, digits and dashes
/// @param paths manifests: files and directories, watched
/// @param home where this mesh keeps what it makes: logs, identities, status
/// @param launcher the command that starts control plane and proxies
/// @param trustDomain of all identities of this mesh
/// @param proxyEnvironment more environment of the proxies, such as short lives of certificates in a test
public record MeshSettings(
        String name,
        List<Path> paths,
        Path home,
        Path launcher,
        ProxyKind proxy,
        CaptureMode capture,
        String trustDomain,
        Map<String, String> proxyEnvironment) {
    public MeshSettings {
        paths = List.copyOf(paths);
        proxyEnvironment = Map.copyOf(proxyEnvironment);
    }

    /// Which proxy stands beside each pod.
    public enum ProxyKind {
        LATEEN,
        /// Real Envoy, with our agent beside it.
        ENVOY
    }

    /// Names the kind for one workload, on its pod template: `lateen` or `envoy`.
    public static final String PROXY_ANNOTATION = "local.lateen.dev/proxy";

    /// The proxy of a workload: what its annotation says, else the mesh's.
    ///
    /// @throws IllegalArgumentException where the annotation names no kind
    public ProxyKind proxyOf(WorkloadSpec workload) {
        String named = workload.annotations().getOrDefault(PROXY_ANNOTATION, "");
        return switch (named) {
            case "" -> proxy;
            case "lateen" -> ProxyKind.LATEEN;
            case "envoy" -> ProxyKind.ENVOY;
            default ->
                throw new IllegalArgumentException("annotation " + PROXY_ANNOTATION + " of " + workload.name() + ": '"
                        + named + "' (expected: lateen or envoy)");
        };
    }

    /// How traffic gets into the proxies.
    public enum CaptureMode {
        /// Applications use HTTP_PROXY; each pod has a loopback address. Needs no rights.
        EXPLICIT,
        /// Network namespaces with redirection, as in a cluster. Needs root.
        TRANSPARENT
    }

    /// Manifests that this mesh writes for the control plane: pods with their status, implied gateways.
    public Path runtimeManifests() {
        return home.resolve("config");
    }

    public Path logs() {
        return home.resolve(MeshState.LOGS);
    }

    public Path pods() {
        return home.resolve("pods");
    }
}
