package dev.lateen.e2e.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A way to the cluster with the rights of a service account.
final class Kubeconfig {
    private Kubeconfig() {}

    static Path of(Kubectl cluster, String namespace, String account, Path directory)
            throws IOException, InterruptedException {
        String token = cluster.run("-n", namespace, "create", "token", account).strip();
        return Files.writeString(
                directory.resolve(account),
                cluster.run("config", "view", "--raw", "--minify")
                        .replaceFirst("(?s)\nusers:.*", """

                        users:
                        - name: nobody
                          user: {token: %s}
                        """.formatted(token))
                        .replaceAll("(?m)^    user: .*$", "    user: nobody"));
    }
}
