package dev.lateen.cli.diagnosis;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Yaml;
import java.util.List;
import java.util.Map;

/// The secret by which a control plane reads another cluster: a kubeconfig with the token of that cluster's reader.
///
/// Thread: any.
///
/// @param cluster the other cluster's name
/// @param server where its API server is reached from the control plane
/// @param authority the API server's certificate authority, PEM in base64
/// @param token of the reader's service account
public record RemoteSecret(String cluster, String server, String authority, String token) {
    /// @param namespace the control plane's
    public String yaml(String namespace) {
        Map<String, Object> secret = Json.object(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Json.object(
                        "name",
                        "istio-remote-secret-" + cluster,
                        "namespace",
                        namespace,
                        "annotations",
                        Json.object("networking.istio.io/cluster", cluster),
                        "labels",
                        Json.object("istio/multiCluster", "true")),
                "stringData",
                Json.object(cluster, kubeconfig()));
        return "# This file lets its holder read Services and pods of cluster " + cluster + ": keep it as a secret.\n"
                + Yaml.write(Json.tree(secret));
    }

    private String kubeconfig() {
        return Yaml.write(Json.tree(Json.object(
                "apiVersion",
                "v1",
                "kind",
                "Config",
                "clusters",
                List.of(Json.object(
                        "name",
                        cluster,
                        "cluster",
                        Json.object("certificate-authority-data", authority, "server", server))),
                "users",
                List.of(Json.object("name", cluster, "user", Json.object("token", token))),
                "contexts",
                List.of(Json.object("name", cluster, "context", Json.object("cluster", cluster, "user", cluster))),
                "current-context",
                cluster)));
    }

    @Override
    public String toString() {
        return "RemoteSecret[cluster=" + cluster + ", server=" + server + "]";
    }
}
