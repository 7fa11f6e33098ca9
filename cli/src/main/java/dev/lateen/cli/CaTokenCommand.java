package dev.lateen.cli;

import dev.lateen.control.identity.JoinTokens;
import dev.lateen.identity.SpiffeId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `ca token`: what lets a workload outside Kubernetes prove who it is the first time.
@Command(
        name = "token",
        description = "Make or take back the tokens by which workloads outside Kubernetes join the mesh.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} ca token create -n shop --service-account cart --pod cart-vm1 > istio-token",
            "  ${ROOT-COMMAND-NAME} ca token revoke 5c0b0e5a3f2d4c1b9a887766",
            "  ${ROOT-COMMAND-NAME} ca token rotate-key    twice ends all tokens"
        },
        mixinStandardHelpOptions = true)
final class CaTokenCommand {
    private static final Duration LONGEST = Duration.ofHours(24);

    @ParentCommand
    private CaCommand authority = new CaCommand();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "create",
            description = "Print a token; its id goes to the error stream.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} ca token create -n shop --service-account cart > istio-token")
    int create(
            @Option(
                            names = {"-n", "--namespace"},
                            required = true,
                            description = "The namespace of the service account.")
                    String namespace,
            @Option(names = "--service-account", required = true, description = "Whom the token proves.")
                    String serviceAccount,
            @Option(
                            names = "--pod",
                            defaultValue = "",
                            description = "The workload (POD_NAME) that alone may use it. Default: any of the account.")
                    String pod,
            @Option(
                            names = "--ttl",
                            defaultValue = "PT15M",
                            description = "How long it can be used, at most PT24H (default: ${DEFAULT-VALUE}).")
                    Duration lifetime,
            @Option(
                            names = "--trust-domain",
                            defaultValue = "cluster.local",
                            description = "The mesh's (default: ${DEFAULT-VALUE}).")
                    String trustDomain)
            throws IOException {
        if (!lifetime.isPositive() || lifetime.compareTo(LONGEST) > 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--ttl: " + lifetime + " (expected: more than nothing, at most " + LONGEST + ")");
        }
        SpiffeId id;
        try {
            id = new SpiffeId(trustDomain, namespace, serviceAccount);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        JoinTokens.Issued issued =
                JoinTokens.open(key(), trustDomain, InstantSource.system()).issue(id, pod, lifetime);
        print(spec.commandLine().getOut(), issued.token());
        print(
                spec.commandLine().getErr(),
                "token " + issued.id() + " proves " + id + (pod.isEmpty() ? "" : " of pod " + pod) + " until "
                        + issued.end());
        return 0;
    }

    @Command(
            name = "revoke",
            description = "Take a token back; a running control plane refuses it from now on.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} ca token revoke 5c0b0e5a3f2d4c1b9a887766")
    int revoke(@Parameters(paramLabel = "ID", description = "As `create` shows it.") String id) throws IOException {
        try {
            JoinTokens.revoke(key(), id);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        print(spec.commandLine().getOut(), "token " + id + " is refused from now on");
        return 0;
    }

    @Command(
            name = "rotate-key",
            description = "Sign with a new key; tokens of the one before stay good, those of older ones do not.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} ca token rotate-key")
    int rotateKey() throws IOException {
        JoinTokens.rotateKey(key());
        print(spec.commandLine().getOut(), "a new key signs from now on");
        return 0;
    }

    private Path key() {
        return authority.joinKey();
    }

    private static void print(PrintWriter to, String line) {
        to.println(line);
        to.flush();
    }
}
