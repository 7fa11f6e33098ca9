package dev.lateen.cli;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.install.InstallSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which cluster a command is for, and what is installed there.
final class ClusterOptions {
    @Option(
            names = {"-c", "--kubeconfig"},
            paramLabel = "FILE",
            description = "Whose current context is the cluster (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:KUBECONFIG:-${sys:user.home}/.kube/config}")
    private @Nullable Path kubeconfig;

    @Option(
            names = {"-i", "--istioNamespace"},
            paramLabel = "NAME",
            description = "The control plane's namespace (default: ${DEFAULT-VALUE}).",
            defaultValue = "istio-system")
    private String namespace = "istio-system";

    @Option(
            names = {"-s", "--set"},
            paramLabel = "PATH=VALUE",
            description = "A setting: hub, tag or values.global.istioNamespace.")
    private Map<String, String> set = Map.of();

    Cluster connect() throws IOException {
        Path file = kubeconfig;
        if (file == null) {
            throw new IOException("no kubeconfig: set KUBECONFIG or give --kubeconfig");
        }
        return Cluster.of(file);
    }

    /// Errors: `IllegalArgumentException` that names a setting that is not known.
    InstallSettings settings() {
        InstallSettings settings = InstallSettings.DEFAULT.with("namespace", namespace);
        for (Map.Entry<String, String> one : List.copyOf(set.entrySet())) {
            settings = settings.with(one.getKey(), one.getValue());
        }
        return settings;
    }
}
