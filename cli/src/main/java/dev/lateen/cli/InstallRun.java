package dev.lateen.cli;

import dev.lateen.cli.diagnosis.Precheck;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.install.Installation;
import dev.lateen.kubernetes.install.MeshManifests;
import dev.lateen.kubernetes.operator.OperatorSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// What `install` and `upgrade` share: their options, and the way from these to a mesh that serves.
final class InstallRun {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions clusters = new ClusterOptions();

    @Mixin
    private OperatorOptions operator = new OperatorOptions();

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Option(names = "--dry-run", description = "Say what would be applied, and apply nothing.")
    private boolean dryRun;

    @Option(names = "--force", description = "Also where another mesh has the same names: it is taken over.")
    private boolean force;

    @Option(names = "--verify", description = "Check afterwards that everything is there; that is always done.")
    @SuppressWarnings("UnusedVariable") // istioctl's users give it
    private boolean verify;

    @Option(
            names = "--readiness-timeout",
            paramLabel = "DURATION",
            converter = GoDuration.class,
            description = "How long to wait until it serves, such as 5m or 90s (default: ${DEFAULT-VALUE}).",
            defaultValue = "5m")
    private Duration patience = Duration.ofMinutes(5);

    /// Durations as Istio's commands take them, and ISO's.
    static final class GoDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return Duration.parse(value.startsWith("P") ? value : "PT" + value.toUpperCase(Locale.ROOT));
        }
    }

    /// @param replaces whether there has to be an installation, whose settings hold where nothing else is said
    int run(boolean replaces) throws IOException, InterruptedException {
        if (!replaces) {
            Optional<MeshManifests> manifests = operator.manifests();
            return manifests.isEmpty() ? 1 : clusters.run(cluster -> apply(cluster, manifests.get(), "install"));
        }
        return clusters.run(cluster -> {
            Optional<ObjectNode> state = Installation.state(cluster, operator.namespace(), operator.revision());
            if (state.isEmpty()) {
                throw new IOException("there is no installation of revision " + operator.revision()
                        + " in namespace " + operator.namespace() + " of "
                        + cluster.address() + ": lateen install makes one, -i names another namespace,"
                        + " -r another revision");
            }
            Optional<MeshManifests> manifests = operator.read(state).flatMap(operator::manifests);
            if (manifests.isEmpty()) {
                return 1;
            }
            String asked = manifests.get().spec().revision();
            if (!asked.equals(operator.revision())) {
                throw new IOException("the files ask for revision " + asked + ": give -r " + asked
                        + " to upgrade it, or lateen install to have it beside revision " + operator.revision());
            }
            return apply(cluster, manifests.get(), "upgrade");
        });
    }

    private int apply(Cluster cluster, MeshManifests manifests, String verb) throws IOException, InterruptedException {
        OperatorSpec asked = manifests.spec();
        String plan = "This will " + verb + " the mesh, profile "
                + asked.tree().path("profile").asString("default")
                + (asked.revision().equals("default") ? "" : ", revision " + asked.revision())
                + ", in namespace " + asked.namespace() + " of " + cluster.address() + ": "
                + manifests.objects().size() + " objects.";
        Installation installation = new Installation(cluster, manifests, BuildDigest.ofClassPath());
        Optional<String> foreign = force ? Optional.empty() : installation.foreign();
        if (foreign.isPresent()) {
            throw new IOException("another mesh is on this cluster: " + foreign.get()
                    + ". Remove it first (istioctl uninstall keeps its resources, which this mesh serves as they are),"
                    + " or take it over in place with --force.");
        }
        List<Precheck.Finding> newer = Precheck.newer(
                cluster.list("apiextensions.k8s.io/v1", "CustomResourceDefinition", Map.of()),
                PrecheckCommand.versions());
        if (!newer.isEmpty()) {
            throw new IOException(
                    newer.getFirst().message() + ": " + newer.getFirst().advice());
        }
        if (dryRun) {
            manifests
                    .objects()
                    .forEach(object -> say("would apply "
                            + object.path("kind").asString("") + " "
                            + object.path("metadata").path("name").asString("")));
            say("dry run: nothing was changed. " + plan);
            return 0;
        }
        if (!confirmation.agrees(plan)) {
            return 1;
        }
        long begin = System.nanoTime();
        List<String> problems = installation.apply(patience, this::say);
        problems.forEach(this::say);
        if (problems.isEmpty()) {
            installation.notes().forEach(note -> say("note: " + note));
            say("installed");
            return 0;
        }
        say("not ready after " + Duration.ofNanos(System.nanoTime() - begin).toSeconds()
                + " s. What was applied stays: lateen verify-install looks again, the same command goes on,"
                + " lateen uninstall takes it away.");
        return 1;
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
