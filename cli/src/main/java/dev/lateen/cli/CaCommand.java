package dev.lateen.cli;

import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.RotationRehearsal;
import dev.lateen.identity.ca.RotationStatus;
import dev.lateen.local.MeshState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `ca`: the authority of a mesh, by its directory; who may read that directory may do all of this.
@Command(
        name = "ca",
        subcommands = CaTokenCommand.class,
        description =
                "Show the mesh's certificate authority, replace its root without an interruption, or make join tokens.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} ca status --state .lateen/control-plane",
            "  ${ROOT-COMMAND-NAME} ca rehearse    try a rotation on a copy",
            "  ${ROOT-COMMAND-NAME} ca rotate      the control plane goes on step by step as workloads renew"
        },
        mixinStandardHelpOptions = true)
final class CaCommand {
    private static final int MOST_SHOWN = 10;
    private static final Duration TAKEN_WITHIN = Duration.ofSeconds(10);

    @Option(
            names = "--state",
            paramLabel = "DIR",
            defaultValue = "",
            scope = ScopeType.INHERIT,
            description = {
                "The control plane's state. Default: that of the mesh that `up` runs here if it is the only one,"
                        + " otherwise .lateen/control-plane."
            })
    private String state = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "status",
            description = "What signs, who is trusted until when, and how far a rotation is.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} ca status --state .lateen/control-plane")
    int status() throws IOException {
        RotationStatus status = CertificateAuthority.look(authority(), InstantSource.system());
        PrintWriter out = spec.commandLine().getOut();
        out.println("rotation: " + status.phase().name().toLowerCase(Locale.ROOT));
        out.println("signs:    " + shown(status.signer()));
        for (X509Certificate root : status.roots()) {
            out.println("trusted:  " + shown(root));
        }
        out.println("holders:  " + status.holders() + " with a valid certificate");
        if (!status.waiting().isEmpty()) {
            out.println("waits for " + status.waiting().size() + " of them:");
            status.waiting().stream().limit(MOST_SHOWN).forEach(one -> out.println("  " + one));
        }
        out.flush();
        return 0;
    }

    @Command(
            name = "rotate",
            description = "Ask the running control plane to begin the replacement of the root.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} ca rotate")
    int rotate() throws IOException {
        Path directory = authority();
        CertificateAuthority.request(directory, InstantSource.system());
        if (!isTaken(directory) && CertificateAuthority.withdraw(directory)) {
            throw new ParameterException(
                    spec.commandLine(),
                    directory + ": no control plane took the request within " + TAKEN_WITHIN.toSeconds()
                            + " s (expected: one that runs with this state); nothing has changed");
        }
        spec.commandLine().getOut().println("the control plane has begun; `ca status` shows how far it is");
        return 0;
    }

    private static boolean isTaken(Path directory) {
        long deadline = System.nanoTime() + TAKEN_WITHIN.toNanos();
        while (CertificateAuthority.isRequested(directory)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        return true;
    }

    @Command(
            name = "rehearse",
            description = "Go through a whole rotation on a copy, and check every step.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} ca rehearse")
    int rehearse() throws IOException {
        Path directory = authority();
        Path scratch = Files.createTempDirectory("lateen-rehearsal");
        try {
            List<String> steps = RotationRehearsal.run(directory, scratch, "cluster.local", InstantSource.system());
            steps.forEach(step -> spec.commandLine().getOut().println("ok: " + step));
            return 0;
        } finally {
            delete(scratch);
        }
    }

    /// The file with the key of join tokens.
    Path joinKey() {
        authority();
        return ControlPlaneSettings.joinKey(controlPlane());
    }

    private Path controlPlane() {
        return state.isEmpty() ? defaultState() : Path.of(state);
    }

    private Path authority() {
        Path directory = ControlPlaneSettings.authority(controlPlane());
        if (!Files.exists(directory)) {
            throw new ParameterException(
                    spec.commandLine(), directory + ": no authority is there (expected: --state of a control plane)");
        }
        return directory;
    }

    private static Path defaultState() {
        List<MeshState> running = MeshState.running(LateenHome.runDirectory());
        return running.size() == 1
                ? LateenHome.runDirectory().resolve(running.getFirst().name()).resolve("control-plane")
                : Path.of(".lateen", "control-plane");
    }

    private static String shown(X509Certificate certificate) {
        return certificate.getSubjectX500Principal() + ", serial "
                + certificate.getSerialNumber().toString(16) + ", "
                + certificate.getPublicKey().getAlgorithm() + ", until "
                + certificate.getNotAfter().toInstant();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
