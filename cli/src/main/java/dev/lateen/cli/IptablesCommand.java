package dev.lateen.cli;

import dev.lateen.local.capture.InterceptionCheck;
import dev.lateen.local.capture.InterceptionRules;
import dev.lateen.local.capture.InterceptionSettings;
import dev.lateen.local.capture.PacketFilter;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `iptables`: redirects the traffic of the network namespace it runs in, as Istio's init container does.
@Command(
        name = "iptables",
        aliases = {"istio-iptables"},
        description = "Redirect the traffic of this network namespace into its proxy.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  lateen iptables --dry-run",
            "  lateen iptables -p 15001 -z 15006 -u 1337 -i '*' -x '' -b '*' -d 15090,15021,15020"
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class IptablesCommand implements Callable<Integer> {
    /// The exit status by which the CNI agent knows pods that it has to mend, as Istio's does.
    private static final int UNCAPTURED = 126;

    private static final Duration CHECK = Duration.ofSeconds(5);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-p", "--envoy-port"},
            description = "Takes outbound connections (${DEFAULT-VALUE}).",
            defaultValue = "15001")
    private int proxyPort = 15001;

    @Option(
            names = {"-z", "--inbound-capture-port"},
            description = "Takes inbound connections (${DEFAULT-VALUE}).",
            defaultValue = "15006")
    private int inboundPort = 15006;

    @Option(
            names = {"-e", "--inbound-tunnel-port"},
            description = "Never redirected (${DEFAULT-VALUE}).",
            defaultValue = "15008")
    private int tunnelPort = 15008;

    @Option(
            names = {"-u", "--proxy-uid"},
            description = "Users of the proxy (${DEFAULT-VALUE}).",
            defaultValue = "1337")
    private String users = "1337";

    @Option(
            names = {"-g", "--proxy-gid"},
            description = "Groups of the proxy (${DEFAULT-VALUE}).",
            defaultValue = "1337")
    private String groups = "1337";

    @Option(
            names = {"-m", "--istio-inbound-interception-mode"},
            description = "REDIRECT; TPROXY is not built.",
            defaultValue = "REDIRECT")
    private String mode = "REDIRECT";

    @Option(
            names = {"-b", "--istio-inbound-ports"},
            description = "Inbound ports, * for all.",
            defaultValue = "")
    private String inboundPorts = "";

    @Option(
            names = {"-d", "--istio-local-exclude-ports"},
            description = "Inbound ports left alone.",
            defaultValue = "")
    private String excludedInboundPorts = "";

    @Option(
            names = {"-i", "--istio-service-cidr"},
            description = "Outbound ranges, * for all.",
            defaultValue = "")
    private String ranges = "";

    @Option(
            names = {"-x", "--istio-service-exclude-cidr"},
            description = "Outbound ranges left alone.",
            defaultValue = "")
    private String excludedRanges = "";

    @Option(
            names = {"-q", "--istio-outbound-ports"},
            description = "Outbound ports taken beside the ranges.",
            defaultValue = "")
    private String outboundPorts = "";

    @Option(
            names = {"-o", "--istio-local-outbound-ports-exclude"},
            description = "Outbound ports left alone.",
            defaultValue = "")
    private String excludedOutboundPorts = "";

    @Option(
            names = {"-k", "--kube-virt-interfaces"},
            description = "Interfaces of virtual machines.",
            defaultValue = "")
    private String virtualInterfaces = "";

    @Option(
            names = {"-c", "--istio-exclude-interfaces"},
            description = "Interfaces left alone.",
            defaultValue = "")
    private String excludedInterfaces = "";

    @Option(names = "--drop-invalid", description = "Drop packets that conntrack finds invalid.")
    private boolean dropInvalid;

    @Option(
            names = "--log_output_level",
            description = "Of Istio's program: understood, without effect.",
            defaultValue = "")
    @SuppressWarnings("UnusedVariable") // taken since users and injected pods give it
    private String logLevel = "";

    @Option(
            names = {"-n", "--dry-run"},
            description = "Print the rules and change nothing.")
    private boolean dryRun;

    @Option(names = "--log_as_json", description = "Of Istio's program: understood, without effect.")
    @SuppressWarnings("UnusedVariable") // injected pods give it
    private boolean logAsJson;

    @Option(
            names = "--run-validation",
            description = "Check that connections are redirected; exit status 126 where they are not.")
    private boolean validate;

    @Option(names = "--skip-rule-apply", description = "Make no rules: the CNI agent of the node has made them.")
    private boolean skipRules;

    @Override
    public Integer call() throws IOException, InterruptedException {
        InterceptionSettings settings;
        try {
            settings = settings();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        if (dryRun) {
            PrintWriter out = spec.commandLine().getOut();
            InterceptionRules.ipv4(settings).forEach(out::println);
            out.flush();
            return 0;
        }
        if (!skipRules) {
            try {
                PacketFilter.apply(List.of(), settings);
            } catch (IllegalStateException e) {
                spec.commandLine().getErr().println("iptables: " + e.getMessage());
                return 1;
            }
        }
        Optional<String> problem =
                validate ? InterceptionCheck.problem(settings.inboundCapturePort(), CHECK) : Optional.empty();
        problem.ifPresent(reason -> spec.commandLine()
                .getErr()
                .println("iptables: " + reason
                        + (skipRules ? ". Does the mesh's CNI agent (istio-cni-node) run on this node?" : "")));
        return problem.isEmpty() ? 0 : UNCAPTURED;
    }

    /// What the arguments of this command ask for, as injected pods have them.
    ///
    /// @throws IllegalArgumentException where they are not understood
    static InterceptionSettings settings(List<String> arguments) {
        IptablesCommand command = new IptablesCommand();
        try {
            List<String> options = !arguments.isEmpty() && arguments.getFirst().endsWith("iptables")
                    ? arguments.subList(1, arguments.size())
                    : arguments;
            new CommandLine(command).parseArgs(options.toArray(String[]::new));
        } catch (ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return command.settings();
    }

    private InterceptionSettings settings() {
        if (!mode.equals("REDIRECT")) {
            throw new IllegalArgumentException("interception mode '" + mode + "' is not built (expected: REDIRECT)");
        }
        return new InterceptionSettings(
                proxyPort,
                inboundPort,
                tunnelPort,
                list(users),
                list(groups),
                new InterceptionSettings.Inbound(list(inboundPorts), list(excludedInboundPorts)),
                new InterceptionSettings.Outbound(
                        list(ranges),
                        list(excludedRanges),
                        list(outboundPorts),
                        list(excludedOutboundPorts),
                        List.of()),
                new InterceptionSettings.Interfaces(list(excludedInterfaces), list(virtualInterfaces)),
                "127.0.0.1/32",
                dropInvalid,
                false);
    }

    private static List<String> list(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*"));
    }
}
