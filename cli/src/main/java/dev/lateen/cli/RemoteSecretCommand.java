package dev.lateen.cli;

import dev.lateen.cli.diagnosis.RemoteSecret;
import dev.lateen.cli.mesh.ClusterMesh;
import dev.lateen.cli.output.Json;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `create-remote-secret`: lets the control plane of another cluster read this one.
@Command(
        name = "create-remote-secret",
        description = {
            "Print the secret by which the control plane of another cluster reads this cluster's Services and pods.",
            "It is made of a token of the reader's service account, for which a Secret is made in the cluster where there"
                    + " is none yet. Apply it to the other cluster."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} create-remote-secret --context east --name east | kubectl apply -f - --context west",
            "  ${ROOT-COMMAND-NAME} create-remote-secret --name east --server https://10.0.0.1:6443"
        },
        mixinStandardHelpOptions = true)
final class RemoteSecretCommand implements Callable<Integer> {
    private static final int TRIES = 50;
    private static final int PAUSE_MILLIS = 200;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "This cluster's name in the mesh (default: the UID of its namespace kube-system).",
            defaultValue = "")
    private String name = "";

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "Where the other control plane reaches this API server (default: where this command does).",
            defaultValue = "")
    private String server = "";

    @Option(
            names = "--service-account",
            paramLabel = "NAME",
            description = "Whose token it is (default: ${DEFAULT-VALUE}).",
            defaultValue = "istio-reader-service-account")
    private String account = "istio-reader-service-account";

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            throw new ParameterException(
                    spec.commandLine(), "--name " + name + " (expected: lower case letters, digits, - and .)");
        }
        ClusterMesh mesh = target.requiredCluster();
        ObjectNode token = target.askCluster(one -> tokenSecret(one.cluster(), one.systemNamespace()));
        String cluster = name.isEmpty() ? target.askCluster(one -> uid(one.cluster())) : name;
        RemoteSecret secret = new RemoteSecret(
                cluster,
                server.isEmpty() ? mesh.cluster().address().replaceFirst("/$", "") : server,
                Json.text(token, "data", "ca.crt"),
                new String(Base64.getDecoder().decode(Json.text(token, "data", "token")), StandardCharsets.UTF_8));
        PrintWriter out = spec.commandLine().getOut();
        out.print(secret.yaml(mesh.systemNamespace()));
        out.flush();
        return 0;
    }

    private static String uid(Cluster cluster) throws IOException {
        return cluster.get("v1", "Namespace", "", "kube-system")
                .map(one -> Json.text(one, "metadata", "uid"))
                .orElseThrow(() -> new IOException("the cluster has no namespace kube-system: --name is needed"));
    }

    /// The token's Secret; the API server fills in one that is made.
    private ObjectNode tokenSecret(Cluster cluster, String namespace) throws IOException {
        if (cluster.get("v1", "ServiceAccount", namespace, account).isEmpty()) {
            throw new IOException("there is no service account " + account + " in namespace " + namespace + " of "
                    + cluster.address() + ": lateen install makes it, profile remote where no control plane is wanted");
        }
        String secret = account + "-istio-remote-secret-token";
        if (cluster.get("v1", "Secret", namespace, secret).isEmpty()) {
            create(cluster, namespace, secret);
        }
        for (int i = 0; i < TRIES; i++) {
            Optional<ObjectNode> found = cluster.get("v1", "Secret", namespace, secret)
                    .filter(one -> !Json.text(one, "data", "token").isEmpty());
            if (found.isPresent()) {
                return found.get();
            }
            pause();
        }
        throw new IOException("the cluster gives Secret " + namespace + "/" + secret + " no token");
    }

    private void create(Cluster cluster, String namespace, String secret) throws IOException {
        try {
            cluster.create(Trees.object(
                    "apiVersion",
                    "v1",
                    "kind",
                    "Secret",
                    "type",
                    "kubernetes.io/service-account-token",
                    "metadata",
                    Trees.object(
                            "name",
                            secret,
                            "namespace",
                            namespace,
                            "annotations",
                            Trees.object("kubernetes.io/service-account.name", account))));
        } catch (ClusterException failure) {
            if (!failure.isConflict()) {
                throw failure;
            }
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }
}
