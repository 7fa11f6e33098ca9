package dev.lateen.cli;

import dev.lateen.local.MeshSettings;
import dev.lateen.local.MeshSettings.CaptureMode;
import dev.lateen.local.MeshSettings.ProxyKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/// The options of commands that run a mesh.
final class MeshOptions {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The mesh's name, to tell several apart (default: ${DEFAULT-VALUE}).",
            defaultValue = "default")
    private String name = "default";

    @Option(
            names = "--capture",
            paramLabel = "MODE",
            description = {
                "How traffic gets into the proxies: explicit (HTTP_PROXY, needs no rights) or transparent (network"
                        + " namespaces and iptables, needs root). Default: ${DEFAULT-VALUE}."
            },
            defaultValue = "explicit")
    private CaptureMode capture = CaptureMode.EXPLICIT;

    @Option(
            names = "--proxy",
            paramLabel = "KIND",
            description = "The proxies: lateen (ours) or envoy (found on PATH). Default: ${DEFAULT-VALUE}.",
            defaultValue = "lateen")
    private ProxyKind proxy = ProxyKind.LATEEN;

    @Option(
            names = "--trust-domain",
            paramLabel = "NAME",
            description = "The trust domain of identities; meshConfig.trustDomain must say the same"
                    + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "cluster.local")
    private String trustDomain = "cluster.local";

    MeshSettings settings(List<Path> paths, Map<String, String> proxyEnvironment) {
        return settings(name, paths, proxyEnvironment);
    }

    MeshSettings settings(String meshName, List<Path> paths, Map<String, String> proxyEnvironment) {
        List<Path> absolute =
                paths.stream().map(path -> path.toAbsolutePath().normalize()).toList();
        Path home = LateenHome.runDirectory().resolve(meshName);
        return new MeshSettings(
                meshName, absolute, home, LateenHome.launcher(), proxy, capture, trustDomain, proxyEnvironment);
    }
}
