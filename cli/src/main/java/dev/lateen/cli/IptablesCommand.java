package dev.lateen.cli;

import dev.lateen.local.capture.CaptureMode;
import dev.lateen.local.capture.CapturePlan;
import dev.lateen.local.capture.InterceptionCheck;
import dev.lateen.local.capture.InterceptionRules;
import dev.lateen.local.capture.InterceptionSettings;
import dev.lateen.local.capture.NftRules;
import dev.lateen.local.capture.PacketFilter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
            "  lateen iptables --cleanup-only",
            "  lateen iptables -p 15001 -z 15006 -u 1337 -i '*' -x '' -b '*' -d 15090,15021,15020"
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class IptablesCommand implements Callable<Integer> {
    /// The exit status by which the CNI agent knows pods that it has to mend, as Istio's does.
    private static final int UNCAPTURED = 126;

    private static final Duration CHECK = Duration.ofSeconds(5);
    private static final Path RESOLVER = Path.of("/etc/resolv.conf");

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
            description = "REDIRECT, or TPROXY: inbound connections keep their source address (${DEFAULT-VALUE}).",
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

    @Option(
            names = {"-t", "--istio-inbound-tproxy-mark"},
            description = "On packets of inbound connections, with TPROXY (${DEFAULT-VALUE}).",
            defaultValue = "1337")
    private String mark = "1337";

    @Option(
            names = {"-r", "--istio-inbound-tproxy-route-table"},
            description = "Where those packets are routed to this machine (${DEFAULT-VALUE}).",
            defaultValue = CapturePlan.ROUTE_TABLE)
    private String routeTable = CapturePlan.ROUTE_TABLE;

    @Option(
            names = "--redirect-dns",
            description = "Lead questions to the pod's name servers to port 15053 (ISTIO_META_DNS_CAPTURE).",
            defaultValue = "${env:ISTIO_META_DNS_CAPTURE:-false}")
    private boolean redirectNames;

    @Option(names = "--capture-all-dns", description = "And questions to all other name servers.")
    private boolean allNames;

    @Option(
            names = "--istio-outbound-owner-groups",
            description = "Groups whose connections alone are captured, * for all.",
            defaultValue = "${env:ISTIO_OUTBOUND_OWNER_GROUPS:-*}")
    private String ownerGroups = "*";

    @Option(
            names = "--istio-outbound-owner-groups-exclude",
            description = "Groups whose connections are left alone.",
            defaultValue = "${env:ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE:-}")
    private String excludedOwnerGroups = "";

    @Option(names = "--native-nftables", description = "Make the rules with nft instead of iptables.")
    private boolean nftables;

    @Option(names = "--force-apply", description = "Replace the rules that are there.")
    private boolean force;

    @Option(names = "--cleanup-only", description = "Take the rules away, and change nothing else.")
    private boolean cleanup;

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
        CapturePlan plan;
        try {
            CapturePlan asked = plan();
            plan = asked.withIpv6(PacketFilter.hasIpv6(List.of()));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        if (dryRun) {
            print(plan);
            return 0;
        }
        if (cleanup || !skipRules) {
            try {
                if (cleanup || force) {
                    PacketFilter.clean(List.of(), plan);
                }
                if (cleanup) {
                    return 0;
                }
                PacketFilter.apply(List.of(), plan);
            } catch (IllegalStateException e) {
                spec.commandLine().getErr().println("iptables: " + e.getMessage());
                return 1;
            }
        }
        Optional<String> problem = validate ? InterceptionCheck.problem(inboundPort, CHECK) : Optional.empty();
        problem.ifPresent(reason -> spec.commandLine()
                .getErr()
                .println("iptables: " + reason
                        + (skipRules ? ". Does the mesh's CNI agent (istio-cni-node) run on this node?" : "")));
        return problem.isEmpty() ? 0 : UNCAPTURED;
    }

    /// What the arguments of this command ask for, as injected pods have them.
    ///
    /// @throws IllegalArgumentException where they are not understood
    static CapturePlan settings(List<String> arguments) {
        IptablesCommand command = new IptablesCommand();
        try {
            List<String> options = !arguments.isEmpty() && arguments.getFirst().endsWith("iptables")
                    ? arguments.subList(1, arguments.size())
                    : arguments;
            new CommandLine(command).parseArgs(options.toArray(String[]::new));
        } catch (ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return command.plan();
    }

    private void print(CapturePlan plan) {
        PrintWriter out = spec.commandLine().getOut();
        InterceptionSettings settings = plan.settings();
        if (plan.nftables()) {
            NftRules.of(settings, plan.mode()).forEach(out::println);
        } else {
            InterceptionRules.ipv4(settings, plan.mode()).forEach(out::println);
            if (settings.ipv6()) {
                InterceptionRules.ipv6(settings, plan.mode()).forEach(out::println);
            }
        }
        out.flush();
    }

    private CapturePlan plan() {
        if (!mode.equals("REDIRECT") && !mode.equals("TPROXY")) {
            throw new IllegalArgumentException("interception mode '" + mode + "' (expected: REDIRECT or TPROXY)");
        }
        CaptureMode how = new CaptureMode(mode.equals("TPROXY"), mark, names(), list(ownerGroups));
        return new CapturePlan(settings(), how, routeTable, nftables);
    }

    private CaptureMode.Names names() {
        if (!redirectNames) {
            return CaptureMode.Names.NONE;
        }
        try {
            return allNames ? CaptureMode.Names.EVERY : CaptureMode.Names.of(Files.readString(RESOLVER));
        } catch (NoSuchFileException _) {
            return CaptureMode.Names.NONE;
        } catch (IOException e) {
            throw new IllegalArgumentException(RESOLVER + " cannot be read: " + e.getMessage(), e);
        }
    }

    private InterceptionSettings settings() {
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
                        list(excludedOwnerGroups)),
                new InterceptionSettings.Interfaces(list(excludedInterfaces), list(virtualInterfaces)),
                "127.0.0.1/32",
                dropInvalid,
                false);
    }

    private static List<String> list(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*"));
    }
}
