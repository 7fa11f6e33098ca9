package dev.lateen.cli;

import dev.lateen.cli.workload.MachineSetup;
import dev.lateen.cli.workload.MachineSetup.ControlPlanePlace;
import dev.lateen.cli.workload.SettingsText;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.identity.JoinTokens;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.local.MeshState;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `x workload entry configure`: the files with which a machine outside joins the mesh.
@Command(
        name = "configure",
        description = {
            "Write the files with which a machine outside of the platform joins the mesh as a workload of a group:"
                    + " cluster.env, mesh.yaml, root-cert.pem, istio-token and hosts.",
            "`lateen proxy` (or `lateen agent`, for Envoy) starts from them alone where they are in its working"
                    + " directory, or where Istio's guide puts them below it. The token proves the group's service"
                    + " account the first time."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} x workload entry configure -f cart.yaml -o files --autoregister",
            "  ${ROOT-COMMAND-NAME} x workload entry configure --name cart -n shop -o files --context east",
            "  ${ROOT-COMMAND-NAME} x workload entry configure -f cart.yaml -o files --state .lateen/control-plane \\",
            "    --ingressIP 192.0.2.1"
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class WorkloadConfigureCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofHours(24);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            defaultValue = "",
            description = "The WorkloadGroup (default: the one of the cluster that --name and -n name).")
    private String file = "";

    @Option(names = "--name", paramLabel = "NAME", defaultValue = "", description = "The name of the WorkloadGroup.")
    private String name = "";

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "Where the files are written.")
    private Path output = Path.of("");

    @Option(
            names = "--clusterID",
            paramLabel = "NAME",
            defaultValue = "Kubernetes",
            description = "The cluster that the machine belongs to, in the mesh (default: ${DEFAULT-VALUE}).")
    private String clusterId = "Kubernetes";

    @Option(
            names = "--autoregister",
            description = "Have the workload register itself when its proxy connects: it gets a WorkloadEntry.")
    private boolean autoRegister;

    @Option(
            names = "--internalIP",
            paramLabel = "ADDRESS",
            defaultValue = "",
            description = "The machine's address (default: the machine finds out).")
    private String internalIp = "";

    @Option(
            names = "--externalIP",
            paramLabel = "ADDRESS",
            defaultValue = "",
            description = "The address under which others reach the machine, where it is another.")
    private String externalIp = "";

    @Option(
            names = "--ingressIP",
            paramLabel = "ADDRESS",
            defaultValue = "",
            description = "Under which the machine reaches the control plane (default: that of --ingressService, or of"
                    + " the mesh on this machine).")
    private String ingressIp = "";

    @Option(
            names = "--ingressService",
            paramLabel = "NAME",
            defaultValue = "istio-eastwestgateway",
            description = "The Service that leads machines to the control plane (default: ${DEFAULT-VALUE}).")
    private String ingressService = "istio-eastwestgateway";

    @Option(
            names = "--capture-dns",
            arity = "0..1",
            paramLabel = "BOOL",
            fallbackValue = "true",
            defaultValue = "true",
            description = "Whether the proxy answers names of the mesh (default: ${DEFAULT-VALUE}).")
    private boolean captureDns = true;

    @Option(
            names = "--tokenDuration",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description = "How long the token can be used to join (default: ${DEFAULT-VALUE}).")
    private long tokenSeconds = 3600;

    @Option(
            names = "--meshConfigFile",
            paramLabel = "FILE",
            defaultValue = "",
            description = "The mesh's settings (default: those of the cluster, or none).")
    private String meshConfigFile = "";

    @Option(
            names = "--state",
            paramLabel = "DIR",
            defaultValue = "",
            description = "The state of a control plane without a cluster, whose authority makes the token (default:"
                    + " that of the mesh that runs here).")
    private String state = "";

    @Mixin
    private MeshTarget target = new MeshTarget();

    private final ResourceReader reader = ResourceReader.create();

    @Override
    public Integer call() throws IOException {
        if (tokenSeconds <= 0 || tokenSeconds > LONGEST.toSeconds()) {
            throw new ParameterException(
                    spec.commandLine(), "--tokenDuration: " + tokenSeconds + " (expected: 1 to 86400 seconds)");
        }
        return state.isEmpty() && target.isInCluster() ? ofCluster() : ofState();
    }

    private int ofCluster() throws IOException {
        return target.askCluster(mesh -> {
            Cluster cluster = mesh.cluster();
            ObjectNode group = file.isEmpty() ? groupOf(cluster) : groupOfFile();
            String system = target.systemNamespace();
            MachineSetup setup = setup(
                    group,
                    meshConfigFile.isEmpty() ? meshConfig(cluster, system) : givenMeshConfig(),
                    ingressIp.isEmpty() ? ingress(cluster, system) : ingressIp,
                    system);
            String root = cluster.get("v1", "ConfigMap", setup.namespace(), "istio-ca-root-cert")
                    .map(found -> Trees.text(found, "data", "root-cert.pem"))
                    .orElseThrow(() -> new IOException("there is no ConfigMap istio-ca-root-cert in namespace "
                            + setup.namespace() + ": does the namespace exist, and the control plane run?"));
            String token =
                    cluster.token(setup.namespace(), setup.account(), "istio-ca", Duration.ofSeconds(tokenSeconds));
            return write(setup, root, token);
        });
    }

    private int ofState() throws IOException {
        Path controlPlane = controlPlane();
        Path root = ControlPlaneSettings.authority(controlPlane).resolve("root-cert.pem");
        if (!Files.exists(root)) {
            throw new ParameterException(
                    spec.commandLine(), root + ": no authority is there (expected: --state of a control plane)");
        }
        MachineSetup setup = setup(
                groupOfFile(), givenMeshConfig(), ingressIp.isEmpty() ? here() : ingressIp, target.systemNamespace());
        String trustDomain = setup.trustDomain().isEmpty() ? "cluster.local" : setup.trustDomain();
        JoinTokens tokens =
                JoinTokens.open(ControlPlaneSettings.joinKey(controlPlane), trustDomain, InstantSource.system());
        String token = tokens.issue(setup.namespace(), setup.account(), Duration.ofSeconds(tokenSeconds));
        return write(setup, Files.readString(root), token);
    }

    private MachineSetup setup(ObjectNode group, ObjectNode meshConfig, String ingress, String system) {
        if (Trees.text(group, "metadata", "namespace").isEmpty()) {
            Trees.into(group, "metadata")
                    .put("namespace", target.namespace().isEmpty() ? "default" : target.namespace());
        }
        return new MachineSetup(
                group,
                meshConfig,
                new ControlPlanePlace(system, target.revision(), ingress),
                clusterId,
                internalIp.isEmpty() ? externalIp : internalIp,
                captureDns,
                autoRegister);
    }

    private int write(MachineSetup setup, String root, String token) throws IOException {
        Map<String, String> files;
        try {
            files = Map.of(
                    "cluster.env",
                    setup.clusterEnv(),
                    "mesh.yaml",
                    setup.meshYaml(),
                    "root-cert.pem",
                    root,
                    "hosts",
                    setup.hosts());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Files.createDirectories(output);
        for (Map.Entry<String, String> one : files.entrySet()) {
            Files.writeString(output.resolve(one.getKey()), one.getValue());
        }
        Path secret = output.resolve("istio-token");
        Files.deleteIfExists(secret);
        Files.createFile(secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(secret, token);
        PrintWriter err = spec.commandLine().getErr();
        if (setup.hosts().isEmpty()) {
            err.println("warning: where machines reach the control plane is not known, so that hosts is empty:"
                    + " --ingressIP says it");
        }
        err.flush();
        PrintWriter out = spec.commandLine().getOut();
        out.println("Configuration generated into directory " + output);
        out.flush();
        return 0;
    }

    private ObjectNode groupOfFile() throws IOException {
        if (file.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--file is missing: a WorkloadGroup");
        }
        ManifestFiles manifests = new ManifestFiles(spec);
        List<ObjectNode> groups = manifests.documents(file).stream()
                .filter(ObjectNode.class::isInstance)
                .map(ObjectNode.class::cast)
                .filter(one -> Trees.text(one, "kind").equals("WorkloadGroup"))
                .filter(one ->
                        name.isEmpty() || Trees.text(one, "metadata", "name").equals(name))
                .toList();
        if (manifests.reportProblems() != 0 || groups.size() != 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    file + ": " + groups.size() + " WorkloadGroups" + (name.isEmpty() ? "" : " of name " + name)
                            + " (expected: one)");
        }
        ObjectNode group = groups.getFirst();
        if (Trees.text(group, "apiVersion").isEmpty()) {
            group.put("apiVersion", "networking.istio.io/v1");
        }
        Optional<Diagnostic> wrong = reader.read(group.toString(), file).stream()
                .map(ParsedResource::diagnostics)
                .flatMap(List::stream)
                .filter(Diagnostic::isError)
                .findFirst();
        if (wrong.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(),
                    file + ": " + wrong.get().path() + ": " + wrong.get().summary());
        }
        return group;
    }

    private ObjectNode groupOf(Cluster cluster) throws IOException {
        if (name.isEmpty() || target.namespace().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "expected: --file, or --name and --namespace");
        }
        return cluster.get("networking.istio.io/v1", "WorkloadGroup", target.namespace(), name)
                .orElseThrow(() -> new IOException(
                        "there is no WorkloadGroup " + target.namespace() + "/" + name + " in the cluster"));
    }

    private ObjectNode givenMeshConfig() throws IOException {
        return meshConfigFile.isEmpty() ? Trees.object() : new ManifestFiles(spec).object(meshConfigFile);
    }

    private ObjectNode meshConfig(Cluster cluster, String system) throws IOException {
        String revision = target.revision();
        String map = revision.isEmpty() || revision.equals("default") ? "istio" : "istio-" + revision;
        String text = cluster.get("v1", "ConfigMap", system, map)
                .map(found -> Trees.text(found, "data", "mesh"))
                .orElseThrow(() -> new IOException("there is no ConfigMap " + map + " in namespace " + system
                        + ": -i names the control plane's namespace, --revision its revision"));
        return text.isBlank() ? Trees.object() : SettingsText.read(text, "ConfigMap " + system + "/" + map);
    }

    private String ingress(Cluster cluster, String system) throws IOException {
        Optional<ObjectNode> service = cluster.get("v1", "Service", system, ingressService);
        List<ObjectNode> addresses = service.map(found -> Trees.objects(found, "status", "loadBalancer", "ingress"))
                .orElse(List.of());
        for (JsonNode one : addresses) {
            if (!Trees.text(one, "ip").isEmpty()) {
                return Trees.text(one, "ip");
            }
        }
        return "";
    }

    private Path controlPlane() {
        if (!state.isEmpty()) {
            return Path.of(state);
        }
        return target.here()
                .map(mesh -> mesh.home().resolve("control-plane"))
                .orElse(Path.of(".lateen", "control-plane"));
    }

    /// Of the control plane of the mesh that runs here; empty where none does.
    private String here() {
        return target.here()
                .map(MeshState::debugAddress)
                .map(debug -> debug.substring(0, Math.max(0, debug.lastIndexOf(':'))))
                .orElse("");
    }
}
